/** An image. The page loads nothing from another host, so there one sees what it would show. */
interface Props {
  readonly url: string;
  readonly alt: string;
  readonly className: string;
}

export function Picture({ url, alt, className }: Props) {
  if (/^data:image\//i.test(url)) return <img className={className} src={url} alt={alt} />;
  return (
    <span className={`${className} draw-absent`} role="img" aria-label={alt} title={url}>
      🖼️ <span>{alt}</span>
    </span>
  );
}
