import { type LookUpAnswer, type LookUpRequest, NOT_FOUND } from './look-up';
import { findScript, findVersion, STUDIES, type StudyDefinition } from './study-catalogue';
import { translation } from './study-meta-info';

/** Upstream's way of numbering who may see a script. */
const OPEN_SOURCE = 1;
const CREATED = '2025-01-01T00:00:00Z';

/**
 * What Pine scripts there are, and what each is made of:
 * `translate/<id>/<version or last>`, `list/?filter=standard|saved|…`, `versions/<id>/last`, `is_auth_to_get/<id>/<version>`.
 * @param signedIn whether private scripts are shown
 */
export function answerPineFacade({ path, query }: LookUpRequest, signedIn: boolean): LookUpAnswer {
  const [, , method, id = '', version = ''] = path.split('/').map(decode);
  switch (method) {
    case 'translate':
      return translate(id, version, signedIn);
    case 'list':
      return ok(list(query.get('filter') ?? '', signedIn).map(listed));
    case 'versions': {
      const script = findScript(id);
      return script ? ok(script.versions.map((one) => ({ version: one, created: CREATED }))) : missing();
    }
    case 'is_auth_to_get': {
      const script = findScript(id);
      return ok(script !== undefined && findVersion(script, version) !== undefined && mayHave(script, signedIn));
    }
    default:
      return NOT_FOUND;
  }
}

/** `/pubscripts-suggest-json/?search=`: scripts that their authors have published. */
export function suggestScripts({ query }: LookUpRequest): LookUpAnswer {
  const text = (query.get('search') ?? '').trim().toLowerCase();
  const published = STUDIES.filter(({ id }) => id.startsWith('PUB;'));
  const found = published.filter(({ name, author }) => `${name} ${author}`.toLowerCase().includes(text));
  const results = found.map((script) => ({
    imageUrl: 'practice',
    scriptName: script.name,
    scriptSource: '',
    access: OPEN_SOURCE,
    scriptIdPart: script.id,
    version: script.versions.at(-1),
    extra: { kind: 'study', sourceInputsCount: 1 },
    agreeCount: 1,
    author: { id: 1, username: script.author, is_broker: false },
    weight: 1,
    isRecommended: false,
  }));
  return ok({ results, next: null });
}

function translate(id: string, version: string, signedIn: boolean): LookUpAnswer {
  const script = findScript(id);
  const found = script && findVersion(script, version);
  if (!script || found === undefined) return missing();
  if (!mayHave(script, signedIn)) {
    return ok({ success: false, reason: 'You are not authorized to access this script' });
  }
  return ok(translation(script, found));
}

function list(filter: string, signedIn: boolean): StudyDefinition[] {
  const scripts = STUDIES.filter(({ kind }) => kind === 'pine');
  if (filter === 'standard') return scripts.filter(({ id }) => id.startsWith('STD;'));
  return filter === 'saved' && signedIn ? scripts.filter(({ access }) => access === 'private') : [];
}

function listed(script: StudyDefinition): Record<string, unknown> {
  const { name, shortName, id, versions, access } = script;
  return {
    imageUrl: '',
    scriptName: name,
    scriptSource: '',
    scriptAccess: access === 'private' ? 'closed_source' : 'open_no_auth',
    scriptIdPart: id,
    version: versions.at(-1),
    extra: { kind: 'study', shortDescription: shortName },
    userId: 0,
  };
}

function mayHave({ access }: StudyDefinition, signedIn: boolean): boolean {
  return access === 'open' || signedIn;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // What is no text names no script.
    return '';
  }
}

function ok(body: unknown): LookUpAnswer {
  return { status: 200, body };
}

/** As upstream says it, of an unknown script or version. */
function missing(): LookUpAnswer {
  return { status: 404, body: { code: 404, message: 'pine_facade failed to get pine source, reason: map[]' } };
}
