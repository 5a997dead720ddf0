// List the agents of a project with Qwen Code's own manager: `node qwen_code.mjs PACKAGE PROJECT`.
// The client tells of them nowhere else with their descriptions, and of a file that it drops not at all.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

const [packageFolder, project] = process.argv.slice(2);
const chunks = path.join(packageFolder, 'chunks');
const chunk = fs.readdirSync(chunks).find(
  (name) => name.endsWith('.js') && fs.readFileSync(path.join(chunks, name), 'utf8').includes('var SubagentManager = class'),
);
const { SubagentManager, renderSubagentSystemPrompt, resolveSubagentApprovalMode } = await import(pathToFileURL(path.join(chunks, chunk)).href);
const manager = new SubagentManager({
  getSdkMode: () => false,
  isSafeMode: () => false,
  getProjectRoot: () => project,
  getActiveExtensions: () => [],
  getAgentsSettings: () => ({}),
  getToolRegistry: () => undefined,
  isTrustedFolder: () => true,
});
const listed = await manager.listSubagents({ level: 'project', force: true });
const given = { get_keys: () => ['task_prompt', 'hook_context'], get: () => '' };
const session = { getUserMemory: () => '', getAutoMemoryPrompt: () => '' };
const agents = {};
for (const { name, description, systemPrompt, approvalMode, permissionMode } of listed) {
  const mode = resolveSubagentApprovalMode('default', approvalMode ?? permissionMode, true);
  agents[name] = { description, mode, broken: null };
  try { // what the client does first when the agent is called; where it fails, the whole session ends
    renderSubagentSystemPrompt({ systemPrompt }, given, session, false);
  } catch (error) {
    agents[name].broken = error.message;
  }
}
const errors = [];
const folder = path.join(project, '.qwen', 'agents');
for (const name of fs.readdirSync(folder).filter((one) => one.endsWith('.md')).sort()) {
  const file = path.join(folder, name);
  try {
    const agent = await manager.parseSubagentFile(file, 'project');
    if (!listed.some((one) => one.filePath === file)) errors.push(`${name}: another file has the name ${agent.name}`);
  } catch (error) {
    errors.push(`${name}: ${error.message}`);
  }
}
console.log(JSON.stringify({ agents, errors }));
