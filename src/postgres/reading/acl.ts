/**
 * SQL, an expression: the list as it is. One of thousands is stored compressed, and aclexplode() would decompress it for each
 * grant in it (120 ms for two thousand). The copy that || makes is not compressed.
 * (Of an empty list it would make an array without a dimension, which is no list.)
 */
export const uncompressed = (acl: string): string =>
  `CASE WHEN cardinality(${acl}) > 0 THEN ${acl} || '{}'::aclitem[] ELSE ${acl} END`;
