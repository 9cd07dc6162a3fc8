#include "base/fail_point.h"

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>

namespace quantrail {
namespace {

/// What the environment asks for, read once.
struct Wish {
  std::string_view name{};
  std::atomic<int> left = 0;

  Wish() noexcept {
    const char* text = std::getenv("QUANTRAIL_FAIL");
    if (text == nullptr) return;
    name = text;
    left = 1;
    const auto colon = name.find(':');
    if (colon == std::string_view::npos) return;
    int number = 0;
    const auto digits = name.substr(colon + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    left = number;
    name = name.substr(0, colon);
  }
};

}  // namespace

void fail_point(std::string_view name) noexcept {
  static Wish wish;
  if (wish.name.empty() || name != wish.name) return;
  if (--wish.left == 0) std::raise(SIGKILL);
}

}  // namespace quantrail
