import { findBuiltIn, findScript, findVersion, inputIds, type StudyDefinition } from './study-catalogue';
import { bare, InputError, type Inputs, readInputs } from './study-inputs';
import { scriptText } from './study-meta-info';

const PINE = /^(?:Strategy)?Script@tv-scripting-101!?$/;

/** What a client asks of a study that it has created. */
export interface StudyRequest {
  study: StudyDefinition;
  inputs: Inputs;
}

/** Why a study is not computed: a text in upstream's words, or an object for an error at run time. */
export class StudyError extends Error {
  readonly reason: unknown;

  constructor(reason: unknown) {
    super(typeof reason === 'string' ? reason : 'runtime error');
    this.reason = reason;
  }
}

/**
 * Reads what `create_study` asks for.
 * @param studyId `Script@tv-scripting-101!`, or the full id of a built-in study
 * @param signedIn whether the client has an account, whose private scripts it may have
 * @throws StudyError
 */
export function readStudyRequest(
  studyId: string,
  given: Readonly<Record<string, unknown>>,
  signedIn: boolean,
): StudyRequest {
  const study = PINE.test(studyId) ? readScript(studyId, given, signedIn) : findBuiltIn(studyId);
  if (!study) throw new StudyError(`unknown study: ${studyId}`);
  try {
    const inputs = readInputs(study.inputs, inputIds(study), given);
    checkSmoothing(study, inputs);
    return { study, inputs };
  } catch (error) {
    throw error instanceof InputError ? new StudyError(error.message) : error;
  }
}

function readScript(studyId: string, given: Readonly<Record<string, unknown>>, signedIn: boolean): StudyDefinition {
  const study = findScript(bare(given.pineId));
  const asked = bare(given.pineVersion);
  const version = study && asked !== 'last' ? findVersion(study, asked) : undefined;
  if (!study || version === undefined || bare(given.text) !== scriptText(study, version)) {
    throw new StudyError('invalid script text');
  }
  if (study.access === 'private' && !signedIn) throw new StudyError(`study_not_auth:${studyId.replace(/!$/, '')}`);
  return study;
}

/** Where the declaration of an input allows more than the script can do, it ends at run time. */
function checkSmoothing({ inputs: definitions }: StudyDefinition, inputs: Inputs): void {
  const at = definitions.findIndex(({ name, group }) => name === 'Length' && group === 'Smoothing');
  if (at === -1 || inputs.text(at - 1) === 'None' || inputs.number(at) >= 1) return;
  throw new StudyError(
    runtimeError('Invalid value of the {argName} argument ({value}) in the {functionName} function. It must be > 0.', {
      argName: 'length',
      functionName: 'ma',
      value: inputs.number(at),
    }),
  );
}

/** An error of Pine at run time: a sentence with gaps, and what belongs into them. */
export function runtimeError(error: string, context: Record<string, unknown>): Record<string, unknown> {
  return { ctx: { ...context, code: 'RE10001' }, error, stack_trace: [{ n: '#main', p: 5 }] };
}
