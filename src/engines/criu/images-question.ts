import {script} from '../../base/command.js';
import {err, ok} from '../../base/result.js';
import type {Question} from '../engine.js';
import {scriptHead, sections, sectionText} from '../host/sections.js';
import {imageDifferences, type PlannedProcesses} from './image-differences.js';
import {imagesLimit, imagesText, readImages} from './images.js';

const questionText = `${scriptHead}
section id
cat -- "$1/id" 2>/dev/null || :
images=$1/images
${imagesText}
section end`;

/**
 * On the target, once nothing more arrives: the images ask of CRIU what was planned, and no more. `planned` gets the ID of
 * the container that they are restored into, where there is one already.
 */
export const imagesQuestion = (
  name: string,
  scratch: string,
  planned: (id: string) => PlannedProcesses,
): Question => ({
  command: {
    ...script(`read the images of ${name}`, questionText, scratch),
    outputLimit: imagesLimit,
  },
  read: (stdout) => {
    const cut = sections(stdout);
    if (!cut.ok) return cut;
    const images = readImages(cut.value);
    if (!images.ok) return images;
    const differ = imageDifferences(images.value, planned(sectionText(cut.value, 'id')));
    return differ.length === 0
      ? ok('as planned')
      : err(`the checkpoint that arrived is not of the planned container: ${differ.join('; ')}`);
  },
});
