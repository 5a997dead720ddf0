// Load a project's agents with Gemini CLI's own core, and run each: `node gemini_cli.mjs CORE PROJECT SERVERS MODE`, where
// MODE is yolo or default, and the agents' model is at GOOGLE_GEMINI_BASE_URL. Each is told its place in the list, which the model knows it by.
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

const [core, project, servers, approvalMode] = process.argv.slice(2);
const load = (module) => import(pathToFileURL(path.join(core, module)).href);
const { Config } = await load('config/config.js');
const { AuthType } = await load('core/contentGenerator.js');
const { coreEvents } = await load('utils/events.js');
const { LocalAgentExecutor } = await load('agents/local-executor.js');
const { MCPServerConfig } = await load('config/config.js');

const EVERYTHING = { toolName: '*', decision: 'allow', priority: 1.998, allowRedirection: true }; // as the whole client has it
const print = console.log;
for (const level of ['log', 'debug', 'info', 'warn', 'error']) console[level] = () => {};
const errors = [];
const found = [];
coreEvents.on('user-feedback', ({ severity, message }) => severity !== 'info' && errors.push(message));
coreEvents.on('agents-discovered', ({ agents }) => found.push(...agents)); // a user is asked whether to trust these
const config = new Config({
  sessionId: 'conformance', targetDir: project, cwd: project, model: 'gemini-2.5-pro', debugMode: false, interactive: false,
  approvalMode, policyEngineConfig: { approvalMode, rules: approvalMode === 'yolo' ? [EVERYTHING] : [] }, trustedFolder: true, usageStatisticsEnabled: false, telemetry: { enabled: false }, mcpServers: JSON.parse(servers),
});
await config.initialize();
await config.getMcpClientManager()?.startConfiguredMcpServers?.();
await config.refreshAuth(AuthType.GATEWAY);
const registry = config.getAgentRegistry();
for (const agent of found) await registry.acknowledgeAgent(agent);

const builtIn = new Set(['codebase_investigator', 'cli_help', 'generalist', 'browser_agent']);
const registered = registry.getAllDefinitions().filter(({ name }) => !builtIn.has(name));
const listed = [...registered, ...found.filter((agent) => agent.kind !== 'local' && !registered.includes(agent))];
print(JSON.stringify(listed.map(({ name, description, modelConfig }) => ({ name, description, model: modelConfig?.model ?? null }))));
await new Promise((resolve) => process.stdin.once('data', resolve)); // until the list is read
const broken = {};
for (const [index, agent] of listed.entries()) {
  if (agent.kind !== 'local') {
    broken[agent.name] = 'it runs elsewhere';
    continue;
  }
  try {
    const brief = { ...agent, runConfig: { ...agent.runConfig, maxTurns: 10 } };
    const executor = await LocalAgentExecutor.create(brief, config);
    await executor.run({ query: `conformance-agent-${index}-` }, AbortSignal.timeout(20000));
  } catch (error) {
    broken[agent.name] = error.message;
  }
}
print(JSON.stringify({ broken, errors }));
process.exit(0);
