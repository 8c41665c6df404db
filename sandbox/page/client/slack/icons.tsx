/** The page's icons: lines of 20 by 20, in the color of the text. */

const PATHS = {
  more: 'M10 4.5v.01M10 10v.01M10 15.5v.01',
  reply: 'M4 4h12v9H9l-3.5 3V13H4z',
  plus: 'M10 4v12M4 10h12',
  send: 'M3 10 17 4l-4 13-3-5.5z',
  lock: 'M6 9V7a4 4 0 0 1 8 0v2M5 9h10v7H5z',
  back: 'M12 4 6 10l6 6',
  close: 'M5 5l10 10M15 5 5 15',
  down: 'M10 4v12m-5-5 5 5 5-5',
  eye: 'M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 10v.01',
  home: 'M3.5 9.5 10 4l6.5 5.5V16h-4v-4h-5v4h-4z',
  split: 'M3 4h14v12H3zM10 4v12',
  panel: 'M3 4h14v12H3zM13 4v12',
  slash: 'M3.5 3.5h13v13h-13zM8 14l4-8',
  bolt: 'M11 3 5 11h4.5L9 17l6-8h-4.5z',
  database:
    'M4 5.5C4 4 6.7 3 10 3s6 1 6 2.5S13.3 8 10 8 4 7 4 5.5zm0 0v9C4 16 6.7 17 10 17s6-1 6-2.5v-9M4 10c0 1.5 2.7 2.5 6 2.5s6-1 6-2.5',
  list: 'M4 5h.01M4 10h.01M4 15h.01M8 5h8M8 10h8M8 15h8',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1',
} as const;

export function Icon({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <svg
      viewBox="0 0 20 20"
      width="18"
      height="18"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.6 : 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
