#include "data/subset.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_set>

namespace quantrail {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): every seed is as good as another.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
  }

  /// Uniform in [0, bound); draws again where the remainder would favour small numbers.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t surplus = (std::numeric_limits<std::uint64_t>::max() % bound + 1) % bound;
    std::uint64_t drawn = next();
    while (drawn > std::numeric_limits<std::uint64_t>::max() - surplus) drawn = next();
    return drawn % bound;
  }

 private:
  std::uint64_t state_;
};

}  // namespace

std::vector<std::size_t> first_samples(std::size_t total, std::size_t count) {
  std::vector<std::size_t> positions(std::min(total, count));
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  return positions;
}

std::vector<std::size_t> drawn_samples(std::size_t total, std::size_t count, std::uint64_t seed) {
  if (count >= total) return first_samples(total, count);
  Generator generator(seed);
  std::unordered_set<std::size_t> chosen;
  // Floyd's method: as many draws as samples, and no list of all positions.
  for (std::size_t last = total - count; last < total; ++last) {
    const auto drawn = static_cast<std::size_t>(generator.below(last + 1));
    if (!chosen.insert(drawn).second) chosen.insert(last);
  }
  std::vector<std::size_t> positions(chosen.begin(), chosen.end());
  std::sort(positions.begin(), positions.end());
  return positions;
}

}  // namespace quantrail
