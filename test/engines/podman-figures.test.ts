import {expect, test} from 'vitest';
import {podmanFigures} from '../../src/engines/podman/figures.js';

const printed = `a warning that came before
{
    "podman_checkpoint_duration": 277623,
    "container_statistics": [
        {
            "Id": "6fac9235ff58",
            "runtime_checkpoint_duration": 206187,
            "criu_statistics": {"freezing_time": 678, "frozen_time": 185409, "pages_written": 51941}
        }
    ]
}
and after`;

test('times are ms, pages are pages', () => {
  expect(podmanFigures(printed)).toEqual({
    podman_checkpoint_duration: 277.62,
    runtime_checkpoint_duration: 206.19,
    freezing_time: 0.68,
    frozen_time: 185.41,
    pages_written: 51941,
  });
});

test.each(['', 'no figures', '{', '{}', '{"container_statistics": []}', '}{'])(
  'none in %j',
  (text) => {
    expect(podmanFigures(text)).toBeUndefined();
  },
);
