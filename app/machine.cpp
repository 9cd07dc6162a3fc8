#include "app/machine.h"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string_view>

namespace quantrail::app {
namespace {

constexpr std::array<std::string_view, 11> kFlags{
    "sse4_1", "avx", "avx2", "fma", "f16c", "avx512f", "avx512bw", "avx_vnni", "avx512_vnni", "amx_tile", "amx_int8"};

/// What follows the colon.
std::string value_of(const std::string& line) {
  const auto colon = line.find(':');
  const auto begin = colon == std::string::npos ? colon : line.find_first_not_of(" \t", colon + 1);
  return begin == std::string::npos ? std::string() : line.substr(begin);
}

}  // namespace

Machine this_machine() {
  Machine machine;
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line) && (machine.cpu.empty() || machine.flags.empty());) {
    if (line.starts_with("model name") && machine.cpu.empty()) machine.cpu = value_of(line);
    if (!line.starts_with("flags")) continue;
    std::istringstream words(value_of(line));
    for (std::string word; words >> word;) {
      if (std::find(kFlags.begin(), kFlags.end(), word) != kFlags.end()) machine.flags.push_back(word);
    }
  }
  utsname name{};
  if (::uname(&name) == 0) machine.kernel = name.release;
  return machine;
}

std::string int8_text(const RuntimeInfo& info) {
  if (info.tiles) return "integer kernels on tiles, exact";
  if (info.int8_exact) return "integer kernels, exact";
  return info.wide_tiles ? "8-bit products of this CPU saturate: integer kernels in 16 bits, exact, slower"
                         : "no exact 8-bit products on this CPU: integer layers are computed exactly in float, slower";
}

}  // namespace quantrail::app
