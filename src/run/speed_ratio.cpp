#include "run/speed_ratio.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace quantrail {
namespace {

constexpr std::size_t kFewestTurns = 5;
constexpr std::size_t kMostTurns = 15;
constexpr double kTooLong = 4.0;  // seconds

std::optional<double> ratio(const std::vector<double>& slow, const std::vector<double>& fast, std::size_t turns,
                            double spread) {
  const auto above = confirmed_shortest(slow, turns, spread);
  const auto below = confirmed_shortest(fast, turns, spread);
  return above && below ? std::optional(*above / *below) : std::nullopt;
}

}  // namespace

std::optional<double> confirmed_shortest(std::span<const double> seconds, std::size_t turns, double spread) {
  if (seconds.empty()) return std::nullopt;
  const double shortest = *std::min_element(seconds.begin(), seconds.end());
  const auto near =
      std::count_if(seconds.begin(), seconds.end(), [&](double one) { return one <= (1.0 + spread) * shortest; });
  return static_cast<std::size_t>(near) >= turns ? std::optional(shortest) : std::nullopt;
}

Result<std::optional<double>> ratio_of_paces(const Pace& slow, const Pace& fast) {
  constexpr double kGoodSpread = 0.1, kEnoughSpread = 0.25;
  const auto start = std::chrono::steady_clock::now();
  std::vector<double> slows, fasts;
  for (;;) {
    const auto above = slow();
    if (!above) return failed(above);
    const auto below = fast();
    if (!below) return failed(below);
    if (!*above || !*below || !(**above > 0.0) || !(**below > 0.0)) return std::nullopt;
    slows.push_back(**above);
    fasts.push_back(**below);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto found = ratio(slows, fasts, 3, kGoodSpread);
    if (found && slows.size() >= kFewestTurns) return found;
    if (slows.size() >= kMostTurns || seconds >= kTooLong) return ratio(slows, fasts, 2, kEnoughSpread);
  }
}

}  // namespace quantrail
