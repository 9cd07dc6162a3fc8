#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <random>

namespace quantrail::fuzz {

/// Random choices, the same for the same seed everywhere.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}

  /// In [0, count); precondition: count > 0.
  std::size_t below(std::size_t count) { return engine_() % count; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <class Range>
  auto& one_of(Range& range) {
    return range[static_cast<decltype(range.size())>(below(static_cast<std::size_t>(range.size())))];
  }

  /// Mostly small; else what overflows, is negative, or is the edge of a type.
  std::int64_t integer() {
    constexpr std::array<std::int64_t, 16> kExtremes{-1,
                                                     -2,
                                                     127,
                                                     255,
                                                     256,
                                                     65535,
                                                     1 << 20,
                                                     std::numeric_limits<std::int32_t>::max(),
                                                     std::numeric_limits<std::int32_t>::min(),
                                                     std::int64_t{1} << 31U,
                                                     std::int64_t{1} << 32U,
                                                     std::int64_t{1} << 42U,
                                                     -(std::int64_t{1} << 42U),
                                                     std::int64_t{1} << 62U,
                                                     std::numeric_limits<std::int64_t>::max(),
                                                     std::numeric_limits<std::int64_t>::min()};
    if (one_in(3)) return one_of(kExtremes);
    return static_cast<std::int64_t>(below(one_in(2) ? 4 : 40)) - (one_in(4) ? 3 : 0);
  }

  float real() {
    constexpr std::array<float, 12> kExtremes{0.0F,
                                              -0.0F,
                                              1.0F,
                                              -1.0F,
                                              1e-30F,
                                              1e-45F,
                                              3e38F,
                                              -3e38F,
                                              1e10F,
                                              0.5F,
                                              std::numeric_limits<float>::infinity(),
                                              std::numeric_limits<float>::quiet_NaN()};
    if (one_in(2)) return one_of(kExtremes);
    return static_cast<float>(below(2000)) / 256.0F - 2.0F;
  }

 private:
  std::minstd_rand engine_;
};

}  // namespace quantrail::fuzz
