#include "tracking/host.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <sstream>

namespace quantrail::tracking {
namespace {

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::int64_t wall_clock_ms() {
  using std::chrono::milliseconds;
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Field 22 of /proc/PID/stat. Field 2, the program's name, may hold spaces and brackets: count from its last bracket.
std::optional<std::int64_t> start_in_proc(std::int64_t pid) {
  const std::string line = first_line(fmt::format("/proc/{}/stat", pid).c_str());
  const auto bracket = line.rfind(')');
  if (bracket == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(bracket + 1));
  std::string skipped;
  for (int field = 3; field < 22; ++field) fields >> skipped;
  std::int64_t start = 0;
  if (!(fields >> start)) return std::nullopt;
  return start;
}

}  // namespace

Host this_host() {
  std::array<char, 256> name{};
  static_cast<void>(::gethostname(name.data(), name.size() - 1));
  return Host{.name = name.data(),
              .boot_id = first_line("/proc/sys/kernel/random/boot_id"),
              .pid = ::getpid(),
              .now_ms = wall_clock_ms,
              .process_start = start_in_proc};
}

}  // namespace quantrail::tracking
