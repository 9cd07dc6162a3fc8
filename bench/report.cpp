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

std::optional<double> number(const nlohmann::json& row, const char* key) {
  return row.at(key).is_number() ? std::optional(row.at(key).get<double>()) : std::nullopt;
}

std::string goal_text(const Row& row) {
  if (!row.goal || !row.ratio) return "";
  return fmt::format("   goal {:.2f}: {}", *row.goal, *row.ratio >= *row.goal ? "met" : "missed");
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

Row paired(std::string name, const std::vector<double>& ours, const std::vector<double>& peer) {
  Row row;
  row.name = std::move(name);
  row.ours = median(ours);
  if (peer.empty()) return row;
  std::vector<double> ratios;
  for (std::size_t round = 0; round < ours.size(); ++round) ratios.push_back(peer[round] / ours[round]);
  row.peer = median(peer);
  row.ratio = median(ratios);
  row.ratio_low = quantile(ratios, 0.25);
  row.ratio_high = quantile(ratios, 0.75);
  return row;
}

void print_header(std::string_view peer) {
  fmt::print("{:<48} {:>13} {:>13} {:>7}   {}\n", "case", "ours", peer, "ratio", "quartiles");
}

void print(const Row& row) {
  if (row.peer && row.ratio) {
    fmt::print("{:<48} {:>9.2f} {:<3} {:>9.2f} {:<3} {:>7.2f}   {:.2f} to {:.2f}{}\n", row.name, row.ours, row.unit,
               *row.peer, row.unit, *row.ratio, row.ratio_low, row.ratio_high, goal_text(row));
  } else {
    fmt::print("{:<48} {:>9.2f} {:<3} {:>13} {:>7}\n", row.name, row.ours, row.unit, "-", "-");
  }
  std::fflush(stdout);
}

Status write_json(const std::string& path, const std::string& bench, const std::vector<Row>& rows) {
  auto json = nlohmann::json::array();
  for (const Row& row : rows) {
    json.push_back({{"bench", bench},
                    {"case", row.name},
                    {"ours", row.ours},
                    {"peer", or_null(row.peer)},
                    {"unit", row.unit},
                    {"ratio", or_null(row.ratio)},
                    {"ratio_low", row.ratio_low},
                    {"ratio_high", row.ratio_high},
                    {"goal", or_null(row.goal)}});
  }
  std::ofstream file(path);
  file << json.dump(2) << "\n";
  if (!file.flush()) return fail(Cause::Storage, "{}: cannot write", path);
  return {};
}

Result<std::vector<Row>> read_json(const std::string& path) {
  std::ifstream file(path);
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_array()) return fail(Cause::Storage, "{}: no table", path);
  std::vector<Row> rows;
  for (const auto& row : json) {
    rows.push_back({row.at("case").get<std::string>(), row.at("unit").get<std::string>(), row.at("ours").get<double>(),
                    number(row, "peer"), number(row, "ratio"), row.at("ratio_low").get<double>(),
                    row.at("ratio_high").get<double>(), number(row, "goal")});
  }
  return rows;
}

}  // namespace quantrail::bench
