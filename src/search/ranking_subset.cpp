#include "search/ranking_subset.h"

#include <algorithm>
#include <numeric>

#include "search/drop.h"

namespace quantrail {
namespace {

std::vector<std::size_t> worst_first(const std::vector<double>& losses) {
  std::vector<std::size_t> order(losses.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return losses[a] > losses[b]; });
  return order;
}

}  // namespace

std::vector<double> losses_of(std::span<const double> float_values, std::span<const double> quantized_values,
                              double sign) {
  std::vector<double> losses;
  for (std::size_t at = 0; at < float_values.size(); ++at) {
    const bool known = float_values[at] == float_values[at];
    losses.push_back(known ? drop_of(sign, float_values[at], quantized_values[at]) : 0.0);
  }
  return losses;
}

std::vector<std::size_t> hardest_first(const std::vector<std::vector<double>>& losses, std::size_t size) {
  std::vector<std::vector<std::size_t>> orders;
  for (const auto& of_metric : losses) orders.push_back(worst_first(of_metric));
  const std::size_t available = orders.front().size();
  const std::size_t wanted = std::min(size, available);
  std::vector<bool> taken(available, false);
  std::vector<std::size_t> found;
  while (found.size() < wanted) {
    const std::size_t from = found.size();
    const std::size_t each = (wanted - found.size() + orders.size() - 1) / orders.size();
    for (std::size_t at = from; at < std::min(from + each, available); ++at) {
      for (const auto& order : orders) {
        if (!taken[order[at]]) found.push_back(order[at]);
        taken[order[at]] = true;
      }
    }
    // The windows of all metrics held samples that were taken before: no more can come of them.
    if (found.size() == from) break;
  }
  for (std::size_t at = 0; found.size() < wanted; ++at) {
    if (!taken[orders.front()[at]]) found.push_back(orders.front()[at]);
  }
  return found;
}

}  // namespace quantrail
