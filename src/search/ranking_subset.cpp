#include "search/ranking_subset.h"

#include <algorithm>
#include <numeric>

#include "search/drop.h"

namespace quantrail {

std::vector<std::size_t> ranking_subset(std::span<const double> float_values, std::span<const double> quantized_values,
                                        double sign, std::size_t size) {
  std::vector<double> loss;
  for (std::size_t at = 0; at < float_values.size(); ++at) {
    // A sample that float itself cannot do tells nothing about quantization.
    const bool known = float_values[at] == float_values[at];
    loss.push_back(known ? drop_of(sign, float_values[at], quantized_values[at]) : 0.0);
  }
  std::vector<std::size_t> order(loss.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return loss[a] > loss[b]; });
  order.resize(std::min(size, order.size()));
  std::sort(order.begin(), order.end());
  return order;
}

}  // namespace quantrail
