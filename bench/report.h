#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace quantrail::bench {

/// One line of the table.
struct Row {
  std::string name{};             ///< of the case: network, form, what is measured
  std::string unit = "ms";        ///< of `ours` and `peer`
  double ours = 0.0;              ///< median over rounds
  std::optional<double> peer{};   ///< nothing when there is no peer
  std::optional<double> ratio{};  ///< median of each round's peer / ours: above 1, ours is better
  double ratio_low = 0.0;         ///< quartiles of the rounds' ratios
  double ratio_high = 0.0;
  std::optional<double> goal{};  ///< for `ratio`; nothing where the row is for information
};

[[nodiscard]] double median(std::vector<double> values);
/// The value below which `share` of `values` lie. Precondition: not empty.
[[nodiscard]] double quantile(std::vector<double> values, double share);

/// A row of values taken in pairs, one of ours and one of the peer's per round; `peer` empty: there is none.
[[nodiscard]] Row paired(std::string name, const std::vector<double>& ours, const std::vector<double>& peer);

void print_header(std::string_view peer = "ONNX Runtime");
void print(const Row& row);

/// A JSON array of {bench, case, ours, peer, unit, ratio, goal}; null where there is no peer or goal. Errors: Storage.
[[nodiscard]] Status write_json(const std::string& path, const std::string& bench, const std::vector<Row>& rows);
/// The rows of such a file. Errors: Storage.
[[nodiscard]] Result<std::vector<Row>> read_json(const std::string& path);

}  // namespace quantrail::bench
