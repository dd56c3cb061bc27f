import {script, type Command} from '../../base/command.js';
import type {Pair, Passage} from '../engine.js';
import {loadImage, mostOfImage} from '../oci/image-load.js';
import {asList, at, textAt, textsAt} from '../../base/json.js';
import {isOlder} from '../host/versions.js';

/** A terabyte takes longer than a question: streams and copies have a day. */
const dayMs = 86_400_000;

export const patient = (each: Command): Command => ({...each, timeoutMs: dayMs});

/** `redis` means `redis:latest`; a reference by digest stays what it is. */
function withTag(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return last.includes(':') || last.includes('@') ? name : `${name}:latest`;
}

const has = (image: {readonly names: readonly string[]}, name: string): boolean =>
  image.names.some((each) => each === name);

/** The name under which it is sent, or is there already; undefined when the name means nothing there, or another image. */
function nameThere({container, source, target}: Pair): string | undefined {
  const {id, name} = container.image;
  const full = withTag(name);
  const there = target.images.find((image) => has(image, full));
  if (there !== undefined) return there.id === id ? name : undefined;
  if (target.images.some((image) => image.id === id)) return undefined;
  const here = source.images.find((image) => image.id === id);
  return here !== undefined && has(here, full) ? name : undefined;
}

/** What the container is made from: the name that its settings had, where it means the very same image; else the ID. */
export const imageReference = (pair: Pair): string =>
  nameThere(pair) ?? `sha256:${pair.container.image.id}`;

/** Layers, from the lowest, of an image as the survey tells them: `sha256:…`. */
function layersOf(survey: Pair['source'], id: string): readonly string[] {
  const images = asList(at(survey.raw, 'images'));
  const found = images.find((image) => textAt(image, 'Id') === `sha256:${id}`);
  return textsAt(found, 'Layers');
}

/** How many of the layers, from the lowest, an image on the target is built on as well. */
function sharedLayers({container, source, target}: Pair): readonly string[] {
  const layers = layersOf(source, container.image.id);
  const counts = target.images.map(({id}) => {
    const others = layersOf(target, id);
    const differs = layers.findIndex((layer, index) => others[index] !== layer);
    return differs < 0 ? layers.length : differs;
  });
  const shared = Math.max(0, ...counts);
  // one that comes again further up is needed there
  return layers.slice(0, shared).filter((layer) => !layers.slice(shared).includes(layer));
}

/** From here on an archive holds a layer under its own digest (docker's release notes of version 25). */
const namedLayers = '25.0.0';

/**
 * Layers that the target has are cut out of the archive on its way: docker does not look into a layer
 * that it knows with all those beneath it. Only GNU's tar cuts from a stream; another one sends all.
 */
const sendText = `reference=$1; shift
if [ $# -gt 0 ] && tar --version 2>/dev/null | grep -q GNU; then
  docker save -- "$reference" | tar --delete -f - -- "$@"
else
  exec docker save -- "$reference"
fi`;

/**
 * Sent by name where the name means this image on the source and nothing else on the target, so that
 * the name arrives too; by ID otherwise, so that no tag of the target is taken away. Absent when the
 * target has it.
 */
export function imagePassage(pair: Pair): Passage | undefined {
  const {id} = pair.container.image;
  if (pair.target.images.some((image) => image.id === id)) return undefined;
  const here = pair.source.images.find((image) => image.id === id);
  const layered =
    pair.source.storageDriver === 'overlay2' && !isOlder(pair.sourceVersion, namedLayers);
  const shared = layered ? sharedLayers(pair) : [];
  const reference = imageReference(pair);
  const name = nameThere(pair);
  const named = name === undefined ? undefined : withTag(name);
  return {
    send: patient(
      script(
        `docker save ${reference}`,
        sendText,
        reference,
        ...new Set(shared.map((layer) => layer.replace('sha256:', 'blobs/sha256/'))),
      ),
    ),
    receive: patient(loadImage('docker', pair, named)),
    most: mostOfImage(pair, here?.size ?? 0),
    bytes: shared.length > 0 ? 0 : (here?.size ?? 0),
  };
}
