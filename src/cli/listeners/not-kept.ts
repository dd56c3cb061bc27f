import type {Problem} from '../../base/problem.js';

const notKept = (what: string, message: string): Problem => ({
  kind: 'step',
  code: 'not-kept',
  message: `the ${what} of this run could not be kept: ${message}`,
  remedy: 'see that there is room, and that you may write there; the run itself is not concerned',
});

/** A full disk is worth a warning, and changes nothing about the run. */
export async function keep(
  what: string,
  work: () => Promise<unknown>,
): Promise<readonly Problem[]> {
  try {
    await work();
    return [];
  } catch (error) {
    return [notKept(what, error instanceof Error ? error.message : String(error))];
  }
}
