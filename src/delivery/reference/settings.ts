import { expected, type Setting } from '../../config/settings.ts';
import { markdownTable } from './markdown-table.ts';

type Table = Readonly<Record<string, Setting>>;

const SOURCE = 'Generated from src/config/settings.ts by `npm run docs`; change it there.';

/** docs/reference/settings.md: one row per setting. */
export function settingsPage(settings: Table): string {
  const rows = Object.entries(settings).map(([name, setting]) => [
    `\`${name}\``,
    shownDefault(setting) === '' ? '(empty)' : `\`${shownDefault(setting)}\``,
    [expected(setting), setting.unit && setting.type === 'int' ? ` ${setting.unit}` : ''].join(''),
    setting.isSecret ? `${setting.help} Secret: never logged.` : setting.help,
  ]);
  return `<!-- ${SOURCE} -->
# Settings

Settings are environment variables, read once at start. \`npm start\` also reads them from a file \`.env\` in the folder of
the project; what the environment says wins. An empty value counts as absent. When values are not allowed, the service
names all of them at once and does not start; a name that looks misspelt is reported as a warning.

${markdownTable(['Name', 'Default', 'Allowed', 'What it does'], rows)}
`;
}

/** .env.example: every setting with its help, commented out, so that a copy of it changes nothing. */
export function envExample(settings: Table): string {
  const entries = Object.entries(settings).map(([name, setting]) => {
    const isFixed = setting.shownDefault === undefined;
    const note = isFixed ? '' : ` Default: ${setting.shownDefault}.`;
    return `# ${setting.help}${note}\n# Allowed: ${expected(setting)}.\n#${name}=${isFixed ? setting.default : ''}\n`;
  });
  return `# ${SOURCE}
# Copy it to .env, then take the # away before a name to set it.

${entries.join('\n')}`;
}

function shownDefault(setting: Setting): string {
  return setting.shownDefault ?? String(setting.default);
}
