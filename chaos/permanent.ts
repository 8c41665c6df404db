/** What administrators granted for good, each in another way. Nobody may ever lose any of it. */

/** By another grantor, and through a group; the samples give payments_read to ben besides. */
export const ON_SHOP = `
  CREATE ROLE keeper LOGIN;
  GRANT orders_read TO keeper WITH ADMIN OPTION;
  SET ROLE keeper;
  GRANT orders_read TO fay;
  RESET ROLE;
  CREATE ROLE support;
  GRANT orders_write TO support;
  GRANT support TO gil`;

/** With other options than Hallpass grants with. */
export const ON_DEPOT = `
  GRANT orders_read TO hal WITH INHERIT FALSE, SET TRUE;
  GRANT payments_read TO ida WITH ADMIN OPTION`;

export const ON_VAULT = 'GRANT vault_read TO ida';
