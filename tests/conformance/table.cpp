#include "conformance/table.h"

#include <fmt/format.h>

#include <array>
#include <map>

namespace quantrail::conformance {
namespace {

enum Column : std::size_t { Passed, Failed, Refused, Outside };
using Row = std::array<int, 4>;

Column column_of(const Entry& entry) {
  if (!entry.content.out_of_scope.empty()) return Outside;
  switch (entry.outcome.verdict) {
    case Verdict::Passed: return Passed;
    case Verdict::Failed: return Failed;
    case Verdict::Refused: return Refused;
  }
  return Failed;
}

std::string line(const std::string& name, const Row& row) {
  return fmt::format("{:<32} {:>7} {:>7} {:>8} {:>13}\n", name, row[Passed], row[Failed], row[Refused], row[Outside]);
}

std::string reason(const Entry& entry) {
  switch (column_of(entry)) {
    case Passed: return entry.content.random ? "passed, type and shape only (random by nature)" : "";
    case Failed: return "failed: " + entry.outcome.why;
    case Refused: return "refused: " + entry.outcome.why;
    case Outside: return "out of scope: " + entry.content.out_of_scope;
  }
  return "";
}

}  // namespace

double share_passed(const std::vector<Entry>& entries) {
  int passed = 0;
  int in_scope = 0;
  for (const auto& entry : entries) {
    const auto column = column_of(entry);
    if (column != Outside) ++in_scope;
    if (column == Passed) ++passed;
  }
  return in_scope == 0 ? 0.0 : static_cast<double>(passed) / in_scope;
}

std::vector<std::string> shortfalls(const std::vector<Entry>& entries) {
  std::vector<std::string> lines;
  for (const auto& entry : entries) {
    if (column_of(entry) == Failed) lines.push_back("failed " + entry.one.name);
    if (column_of(entry) == Refused) lines.push_back("refused " + entry.one.name);
  }
  return lines;
}

std::string table_text(const std::vector<Entry>& entries) {
  std::map<std::string, Row> rows;
  Row total{};
  for (const auto& entry : entries) {
    const auto column = column_of(entry);
    ++total[column];
    for (const auto& op : entry.content.operators) ++rows[op][column];
  }
  std::string text = fmt::format("{:<32} {:>7} {:>7} {:>8} {:>13}\n", "models that use", "passed", "failed", "refused",
                                 "out of scope");
  for (const auto& [op, row] : rows) text += line(op, row);
  text += line("all models", total);
  text += fmt::format("{:.2f} % of those in scope pass\n\n", 100.0 * share_passed(entries));
  for (const auto& entry : entries) {
    if (const auto why = reason(entry); !why.empty()) text += entry.one.name + ": " + why + "\n";
  }
  return text;
}

}  // namespace quantrail::conformance
