// Every test model that ONNX itself ships, against what we claim to support.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "conformance/isolated.h"
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

std::vector<Entry> run_all(Runner runner) {
  std::vector<Entry> entries;
  for (auto& one : all_cases()) {
    Entry entry{std::move(one), {}, {}};
    entry.content = content_of(entry.one);
    entry.outcome =
        unpacked(isolated([&] { return packed(run_case(entry.one, entry.content.random, runner)); }, kLimit));
    entries.push_back(std::move(entry));
  }
  return entries;
}

class Conformance : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(data_folder())) GTEST_SKIP() << "libonnx-testdata is not installed";
  }

  static void check(Runner runner, const std::string& name) {
    const auto entries = run_all(runner);
    EXPECT_GT(entries.size(), 1000U);
    const auto path = fs::path(QUANTRAIL_TABLES) / (name + "_table.txt");
    std::ofstream(path) << table_text(entries);
    EXPECT_GE(share_passed(entries), 0.49) << "see " << path;
    for (const auto& entry : entries) {
      EXPECT_NE(entry.outcome.why, "crashed") << entry.one.name;
      EXPECT_NE(entry.outcome.why, "took too long") << entry.one.name;
    }
  }
};

TEST_F(Conformance, InterpreterPassesWhatIsInScope) { check(by_interpreter, "interpreter"); }

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
