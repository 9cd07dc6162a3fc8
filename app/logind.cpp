#include "app/logind.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "app/program.h"

namespace quantrail::app {
namespace {

constexpr const char* kService = "org.freedesktop.login1";

std::string manager_property(const char* name) {
  const auto run = run_program({"busctl", "--system", "--timeout=2", "get-property", kService,
                                "/org/freedesktop/login1", "org.freedesktop.login1.Manager", name});
  return run.exit_code == 0 ? run.output : std::string();
}

std::string user_name() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry == nullptr ? std::string() : std::string(entry->pw_name);
}

/// As busctl prints a list: as 2 "root" "other"
bool names(const std::string& list, const std::string& user) {
  return list.find('"' + user + '"') != std::string::npos;
}

}  // namespace

SessionEnd session_end() {
  SessionEnd end;
  const char* session = std::getenv("XDG_SESSION_ID");
  if (session == nullptr || *session == '\0') return end;
  if (manager_property("KillUserProcesses").find("true") == std::string::npos) return end;
  const std::string user = user_name();
  const std::string only = manager_property("KillOnlyUsers");
  const bool for_some = only.find('"') != std::string::npos;
  end.kills = (!for_some || names(only, user)) && !names(manager_property("KillExcludeUsers"), user);
  if (!end.kills) return end;
  end.manager = run_program({"systemctl", "--user", "is-system-running"}).output.find("offline") == std::string::npos &&
                run_program({"systemd-run", "--version"}).exit_code == 0;
  end.lingers =
      run_program({"loginctl", "show-user", user, "--property=Linger"}).output.find("yes") != std::string::npos;
  return end;
}

std::vector<std::string> by_user_manager(const std::string& unit, const std::string& program,
                                         const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<std::string> command{"systemd-run",
                                   "--user",
                                   "--collect",
                                   "--quiet",
                                   "--unit=" + unit,
                                   "--property=StandardOutput=append:" + log,
                                   "--property=StandardError=append:" + log,
                                   "--property=IgnoreSIGPIPE=yes",
                                   "--",
                                   program};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

}  // namespace quantrail::app
