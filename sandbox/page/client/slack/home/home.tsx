/** App Home's Home tab. */
import type { SeenView } from '../../../../slack/act/seen.js';
import { Blocks } from '../draw/blocks.js';
import type { Reader } from '../draw/reader.js';
import { viewSurface } from '../surface.js';
import './home.css';

interface Props extends Reader {
  /** null: the app has published none for this person yet. */
  readonly home: SeenView | null;
}

export function HomeTab({ home, ...reader }: Props) {
  return (
    <div className="draw-home">
      {home === null ? (
        <p className="draw-home-empty" role="status">
          This app hasn’t set up its Home tab yet.
        </p>
      ) : (
        <Blocks
          key={home.id}
          {...reader}
          blocks={home.blocks}
          surface={viewSurface(reader.viewer, 'home', home)}
        />
      )}
    </div>
  );
}
