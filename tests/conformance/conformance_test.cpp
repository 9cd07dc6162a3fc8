// Every test model that ONNX itself ships, against what we claim to support.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "conformance/isolated.h"
#include "conformance/run_plan.h"
#include "conformance/table.h"

namespace quantrail::conformance {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kLimit{20};

std::string packed(const Outcome& outcome) { return std::to_string(static_cast<int>(outcome.verdict)) + outcome.why; }

Outcome unpacked(const Ending& ending) {
  if (ending.kind == Ending::Kind::TookTooLong) return {Verdict::Failed, "took too long"};
  if (ending.kind == Ending::Kind::Crashed || ending.answer.empty()) return {Verdict::Failed, "crashed"};
  return {static_cast<Verdict>(ending.answer[0] - '0'), ending.answer.substr(1)};
}

std::vector<Entry> run_all(std::vector<Case> cases, Runner runner) {
  std::vector<Entry> entries;
  for (auto& one : cases) {
    Entry entry{std::move(one), {}, {}};
    entry.content = content_of(entry.one);
    entry.outcome =
        unpacked(isolated([&] { return packed(run_case(entry.one, entry.content.random, runner)); }, kLimit));
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// The lines of a file but empty ones and comments.
std::vector<std::string> lines_of(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') lines.push_back(line);
  }
  return lines;
}

/// Writes the table and compares with the committed list, so that nothing gets worse, nor better, unnoticed.
void check(std::vector<Case> cases, Runner runner, const std::string& table, const std::string& name) {
  const auto entries = run_all(std::move(cases), runner);
  const auto path = fs::path(QUANTRAIL_TABLES) / (table + "_table.txt");
  std::ofstream(path) << table_text(entries);
  EXPECT_GE(share_passed(entries), 0.97) << "see " << path;
  EXPECT_EQ(shortfalls(entries), lines_of(fs::path(QUANTRAIL_SOURCE_DIR) / "tests/conformance" / (name + ".txt")))
      << "see " << path;
  for (const auto& entry : entries) {
    EXPECT_NE(entry.outcome.why, "crashed") << entry.one.name;
    EXPECT_NE(entry.outcome.why, "took too long") << entry.one.name;
  }
}

class Conformance : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(data_folder())) GTEST_SKIP() << "libonnx-testdata is not installed";
  }
};

TEST_F(Conformance, InterpreterPassesWhatIsInScope) {
  auto cases = all_cases();
  EXPECT_GT(cases.size(), 1000U);
  check(std::move(cases), by_interpreter, "interpreter", "shortfalls");
}

TEST_F(Conformance, PlansPassWhatIsInScope) { check(all_cases(), by_plan, "plan", "shortfalls"); }

/// What libonnx 1.12 does not know yet: cases of opsets 17 to 24 with the results of ONNX Runtime.
std::vector<Case> recorded_cases() {
  // ONNX Runtime sums in float32, where the interpreter sums in double: zero may come out as something near it.
  const auto recorded = fs::path(QUANTRAIL_SOURCE_DIR) / "tests/recorded";
  auto cases = cases_in(recorded / "opset18_21", "", 5e-6);
  EXPECT_GT(cases.size(), 400U);
  auto newest = cases_in(recorded / "opset23_24", "", 5e-6);
  EXPECT_GT(newest.size(), 80U);
  std::move(newest.begin(), newest.end(), std::back_inserter(cases));
  return cases;
}

TEST(Recorded, InterpreterPassesNewerOpsets) {
  check(recorded_cases(), by_interpreter, "interpreter_recorded", "shortfalls_recorded");
}

TEST(Recorded, PlansPassNewerOpsets) { check(recorded_cases(), by_plan, "plan_recorded", "shortfalls_recorded"); }

TEST(Isolated, SeesACrashAndAnEndlessLoop) {
  EXPECT_EQ(isolated([] { return std::string("fine"); }, kLimit).answer, "fine");
  EXPECT_EQ(isolated([]() -> std::string { std::abort(); }, kLimit).kind, Ending::Kind::Crashed);
  const auto endless = [] {
    for (volatile bool on = true; on;) {
    }
    return std::string();
  };
  EXPECT_EQ(isolated(endless, std::chrono::seconds(1)).kind, Ending::Kind::TookTooLong);
}

}  // namespace
}  // namespace quantrail::conformance
