import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Alias,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import type {Place} from '../../base/problem.js';
import type {Source} from './source.js';
import {readKey} from './to-data.js';
import type {Part, Path} from './yaml-document.js';

interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

/** Finds nodes by path, following aliases. */
export class Locator {
  private readonly pairs = new WeakMap<Node, ReadonlyMap<string | undefined, Pair>>();

  private readonly document: Document;
  private readonly source: Source;
  private readonly targets: ReadonlyMap<Alias, Node>;

  constructor(document: Document, source: Source, targets: ReadonlyMap<Alias, Node>) {
    this.document = document;
    this.source = source;
    this.targets = targets;
  }

  place(path: Path, part: Part, within?: string): Place {
    const {key, value} = this.find(path);
    const isEmpty = isScalar(value) && value.range?.[0] === value.range?.[1];
    const node = part === 'key' || isEmpty ? (key ?? value) : (value ?? key);
    return this.placeNode(node, within);
  }

  placeNode(node: Node | undefined, within?: string): Place {
    const [start, end] = node?.range ?? this.document.contents?.range ?? [0, 0];
    const inside = within === undefined ? -1 : this.source.text.slice(start, end).indexOf(within);
    if (within === undefined || inside === -1) return this.source.place(start, end);
    return this.source.place(start + inside, start + inside + within.length);
  }

  private find(path: Path): Found {
    let found: Found = {key: undefined, value: this.document.contents ?? undefined};
    for (const segment of path) {
      const next = this.step(this.follow(found.value), segment);
      if (!next) break;
      found = {key: next.key ?? found.key, value: next.value};
    }
    return found;
  }

  private follow(node: Node | undefined): Node | undefined {
    return isAlias(node) ? this.targets.get(node) : node;
  }

  private step(node: Node | undefined, segment: string): Found | undefined {
    if (isSeq(node)) {
      const item = node.items[Number(segment)];
      return isNode(item) ? {key: item, value: item} : undefined;
    }
    if (!isMap(node)) return undefined;
    let pairs = this.pairs.get(node);
    if (!pairs) {
      pairs = new Map(node.items.toReversed().map((pair) => [readKey(pair.key), pair]));
      this.pairs.set(node, pairs);
    }
    const pair = pairs.get(segment);
    if (!pair) return undefined;
    const {key, value} = pair;
    return {key: isNode(key) ? key : undefined, value: isNode(value) ? value : undefined};
  }
}
