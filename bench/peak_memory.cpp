#include "peak_memory.h"

#include <fstream>
#include <string>

namespace quantrail::bench {

Result<double> peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "VmHWM:") continue;
    double kib = 0.0;
    status >> kib;
    return kib / 1024.0;
  }
  return fail(Cause::Backend, "/proc/self/status has no VmHWM");
}

}  // namespace quantrail::bench
