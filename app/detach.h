#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace quantrail::app {

/// Starts this very program with `arguments` in a session of its own, standard output and error appended to `log`,
/// standard input empty, SIGHUP ignored: it outlives the terminal. Returns once it runs; it is nobody's child.
/// Errors: Backend, with the system's reason.
[[nodiscard]] Status start_detached(const std::vector<std::string>& arguments, const std::filesystem::path& log);

}  // namespace quantrail::app
