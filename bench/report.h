#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace quantrail::bench {

/// One line of the table.
struct Row {
  std::string name{};             ///< of the case: network, form, batch, threads
  double ours = 0.0;              ///< median over rounds, in `unit`
  std::optional<double> peer{};   ///< nothing when there is no peer
  std::optional<double> ratio{};  ///< median of each round's peer / ours: above 1, ours is better
  double ratio_low = 0.0;         ///< quartiles of the rounds' ratios
  double ratio_high = 0.0;
};

[[nodiscard]] double median(std::vector<double> values);
/// The value below which `share` of `values` lie. Precondition: not empty.
[[nodiscard]] double quantile(std::vector<double> values, double share);

void print_header();
void print(const Row& row);

/// A JSON array of {bench, case, ours, peer, unit, ratio}; null where there is no peer. Errors: Storage.
[[nodiscard]] Status write_json(const std::string& path, const std::string& bench, const std::string& unit,
                                const std::vector<Row>& rows);

}  // namespace quantrail::bench
