#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace quantrail {

/// Numbers this large stand for infinity: "the lowest float" pads and masks as -inf does. Nothing is learned from them.
inline constexpr float kBeyondNumbers = 1e30F;

/// How the values of one tensor are distributed, in fixed memory: counts in at most 4096 bins of equal width, a power
/// of two. When a value lies outside, bins are joined in pairs until all fit. Bin borders are multiples of the width,
/// so that joining is exact: the result depends neither on the order of values nor on how they were split over
/// histograms that were merged. Exact zeros, of which activations are full, are counted apart. Not thread-safe.
class Histogram {
 public:
  static constexpr std::int64_t kMostBins = 4096;

  /// Adds the elements that are numbers below kBeyondNumbers.
  void add(std::span<const float> values);
  /// Adds what `other` saw.
  void merge(const Histogram& other);

  [[nodiscard]] std::int64_t total() const;  ///< finite values, zeros included
  [[nodiscard]] std::int64_t zeros() const { return zeros_; }
  /// Bin i holds the values in [low(i), low(i) + width()).
  [[nodiscard]] double low(std::size_t bin) const;
  [[nodiscard]] double width() const;
  [[nodiscard]] const std::vector<std::int64_t>& counts() const { return counts_; }

  /// The same counts in bins so wide that those between zero and the furthest value are no more than kMostBins, too.
  [[nodiscard]] Histogram with_zero_in_reach() const;

  /// The value below which the share `q` (in [0, 1]) of all values lies, to one bin's width: at most 1/2048 of the span
  /// between the smallest and the largest value. 0 when empty.
  [[nodiscard]] double quantile(double q) const;
  /// The same of magnitudes, to 1/2048 of the largest.
  [[nodiscard]] double abs_quantile(double q) const;

  /// For storing: exponent of the width, index of the first bin (in widths from zero), zeros.
  struct Frame {
    int exponent = 0;
    std::int64_t first = 0;
    std::int64_t zeros = 0;
    bool operator==(const Frame&) const = default;
  };
  [[nodiscard]] Frame frame() const { return {exponent_, first_, zeros_}; }
  /// Precondition: at most kMostBins counts.
  [[nodiscard]] static Histogram restored(Frame frame, std::vector<std::int64_t> counts);

  bool operator==(const Histogram&) const = default;

 private:
  /// Makes room for values in [lo, hi].
  void cover(double lo, double hi);
  void halve_resolution();
  [[nodiscard]] bool is_zero_in_reach() const;

  int exponent_ = 0;
  std::int64_t first_ = 0;
  std::int64_t zeros_ = 0;
  std::vector<std::int64_t> counts_{};
};

}  // namespace quantrail
