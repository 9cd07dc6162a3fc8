#include "run/speed_ratio.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace quantrail {
namespace {

constexpr double kGoodSpread = 0.1;
constexpr double kEnoughSpread = 0.25;
constexpr std::size_t kFewestTurns = 5;
constexpr std::size_t kMostTurns = 15;
constexpr double kTooLong = 4.0;  // seconds

}  // namespace

std::optional<double> settled_ratio(std::vector<double> ratios, double spread) {
  constexpr std::size_t kLeast = 3;
  if (ratios.size() < kLeast) return std::nullopt;
  std::sort(ratios.begin(), ratios.end());
  const double median = ratios[ratios.size() / 2];
  const auto near = std::count_if(ratios.begin(), ratios.end(),
                                  [&](double ratio) { return std::abs(ratio - median) <= spread * median; });
  return 2 * static_cast<std::size_t>(near) > ratios.size() ? std::optional(median) : std::nullopt;
}

Result<std::optional<double>> ratio_of_paces(const Pace& slow, const Pace& fast) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<double> ratios;
  for (;;) {
    const auto above = slow();
    if (!above) return failed(above);
    const auto below = fast();
    if (!below) return failed(below);
    if (!*above || !*below || !(**above > 0.0) || !(**below > 0.0)) return std::nullopt;
    ratios.push_back(**above / **below);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (const auto settled = settled_ratio(ratios, kGoodSpread); settled && ratios.size() >= kFewestTurns)
      return settled;
    if (ratios.size() >= kMostTurns || seconds >= kTooLong) return settled_ratio(std::move(ratios), kEnoughSpread);
  }
}

}  // namespace quantrail
