#pragma once

#include <string>
#include <vector>

namespace quantrail::app {

/// What systemd does to processes when their session ends, as far as it concerns a detached worker.
struct SessionEnd {
  bool kills = false;    ///< KillUserProcesses is on for this user: leaving the session's terminal is not enough
  bool manager = false;  ///< a user manager could start the worker outside of the session
  bool lingers = false;  ///< and it goes on when the user has left
};
[[nodiscard]] SessionEnd session_end();

/// The command line that has the user manager run `program` with `arguments`, its output appended to `log`.
[[nodiscard]] std::vector<std::string> by_user_manager(const std::string& unit, const std::string& program,
                                                       const std::vector<std::string>& arguments,
                                                       const std::string& log);

}  // namespace quantrail::app
