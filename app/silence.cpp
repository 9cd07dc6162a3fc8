#include "app/silence.h"

#include <fmt/format.h>

#include <chrono>

#include "base/text.h"

namespace quantrail::app {
namespace {

constexpr double kSilent = 30.0;

double seconds_since(std::int64_t ms) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now - std::chrono::milliseconds(ms)).count();
}

}  // namespace

std::string silence_text(const tracking::LeaseRecord& lease) {
  const double silent = seconds_since(lease.worker.beat_ms);
  if (silent <= kSilent) return "";
  return fmt::format("no sign of life for {}, though process {} is there", duration_text(silent), lease.worker.pid);
}

}  // namespace quantrail::app
