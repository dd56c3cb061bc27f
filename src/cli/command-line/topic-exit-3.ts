interface ToLookAt {
  readonly codes: readonly string[];
  /** What is so, and why cm does not decide it. */
  readonly because: string;
  readonly goOn: string;
}

/** Every problem that ends in exit 3. */
const problems: readonly ToLookAt[] = [
  {
    codes: ['lease-lost'],
    because:
      "the runner was away for longer than its lease (stopped, a laptop's lid, a host out of reach), so another may have acted",
    goOn: 'apply again: it looks at both hosts, and finishes or undoes',
  },
  {
    codes: ['left-half-done'],
    because: 'the runner was told to leave at once while steps ran',
    goOn: 'the same',
  },
  {
    codes: ['target-unknown'],
    because: 'the move did not end and its target cannot be reached; it may run there',
    goOn: 'bring the target back and apply; or put it out of the world, and remove the record',
  },
  {
    codes: ['started-fresh'],
    because:
      'on the target it was started anew (a person, or its restart policy after a power cut), and its memory is still on the source: which of the two counts?',
    goOn: 'remove the one that does not',
  },
  {
    codes: ['found-twice'],
    because: 'it runs on two hosts, and no record of cm says which is right',
    goOn: 'remove the wrong one',
  },
  {
    codes: ['same-machine'],
    because: 'two hosts of the plan are one machine, which has it once',
    goOn: 'take one of the names out of the plan',
  },
  {
    codes: ['moved-on'],
    because: 'what was left on the source is older than what has been served since elsewhere',
    goOn: 'remove what is left',
  },
  {
    codes: ['frozen'],
    because: 'it is a checkpoint that no move of cm made, so its memory is with whoever made it',
    goOn: 'restore it, or start it without',
  },
  {
    codes: ['move-unclear'],
    because:
      'a move was interrupted, and what it left on the hosts fits none of its steps: somebody removed or renamed something',
    goOn: 'set it right by hand, and remove the record',
  },
  {
    codes: ['another-container'],
    because:
      'a move was interrupted, and its source has another container of that name by now, which has no part in it',
    goOn: 'see that nothing of the old one is needed, and remove the record',
  },
  {
    codes: ['memory-gone'],
    because:
      "a parked container's checkpoint is not there, or is damaged, or its host restarted while it was moved; so its memory may be lost for good",
    goOn: 'bring the checkpoint back, or start without it',
  },
  {
    codes: ['records-unreadable', 'record-unreadable'],
    because: 'the records on a host, or one of them, are of another version of cm, or damaged',
    goOn: 'use the cm that wrote them',
  },
  {
    codes: ['not-recovered', 'no-end-of-recovery'],
    because:
      'an interrupted move can be ended neither way, or somebody makes new ones faster than they are ended',
    goOn: 'cm status says who',
  },
];

const lines = ({codes, because, goOn}: ToLookAt): string =>
  `  ${codes.join(', ')}\n      ${because}\n      to go on: ${goOn}`;

/** What `cm help exit-3` prints. */
export const exit3 = `exit 3: a person must look

cm decides whatever the hosts themselves decide. What is left ends in exit 3 with what runs where and the
commands to go on with, and until then nothing is started, removed or overwritten:

${problems.map(lines).join('\n')}

A move whose undo failed in its downtime ends so too, with the code of what failed: power, cable or disk of the
source went while its target was being given up.
`;
