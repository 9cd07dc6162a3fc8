#include "report.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

namespace quantrail::bench {
namespace {

nlohmann::json or_null(const std::optional<double>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

}  // namespace

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double at = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

void print_header() {
  fmt::print("{:<36} {:>12} {:>12} {:>8}   {}\n", "case", "ours", "ONNX Runtime", "ratio", "quartiles");
}

void print(const Row& row) {
  if (row.peer && row.ratio) {
    fmt::print("{:<36} {:>9.2f} ms {:>9.2f} ms {:>8.2f}   {:.2f} to {:.2f}\n", row.name, row.ours, *row.peer,
               *row.ratio, row.ratio_low, row.ratio_high);
  } else {
    fmt::print("{:<36} {:>9.2f} ms {:>12} {:>8}\n", row.name, row.ours, "-", "-");
  }
  std::fflush(stdout);
}

Status write_json(const std::string& path, const std::string& bench, const std::string& unit,
                  const std::vector<Row>& rows) {
  auto json = nlohmann::json::array();
  for (const Row& row : rows) {
    json.push_back({{"bench", bench},
                    {"case", row.name},
                    {"ours", row.ours},
                    {"peer", or_null(row.peer)},
                    {"unit", unit},
                    {"ratio", or_null(row.ratio)}});
  }
  std::ofstream file(path);
  file << json.dump(2) << "\n";
  if (!file.flush()) return fail(Cause::Storage, "{}: cannot write", path);
  return {};
}

}  // namespace quantrail::bench
