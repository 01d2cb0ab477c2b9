namespace AgentConsole.Shell;
