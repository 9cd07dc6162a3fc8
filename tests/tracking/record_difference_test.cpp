#include "tracking/record_difference.h"

#include <functional>

#include "support.h"

namespace quantrail::tracking {
namespace {

template <class Record>
struct Change {
  std::string field;
  std::function<void(Record&)> make;
};

TEST(RecordDifference, EqualRecordsHaveNoneAndNanEqualsNan) {
  EXPECT_EQ(difference(sample_iteration(2), sample_iteration(2)), std::nullopt);
  EXPECT_EQ(difference(sample_ranking(1), sample_ranking(1)), std::nullopt);
  EXPECT_EQ(difference(sample_baseline(), sample_baseline()), std::nullopt);
  EXPECT_EQ(difference(RunResult{}, RunResult{}), std::nullopt);
}

TEST(RecordDifference, EveryFieldOfAnIterationCountsButTheTime) {
  const std::vector<Change<IterationRecord>> changes{
      {"number", [](auto& r) { r.index = 7; }},
      {"kind", [](auto& r) { r.kind = IterationKind::Probe; }},
      {"changed layers", [](auto& r) { r.changed_layers.clear(); }},
      {"reverted layers", [](auto& r) { r.reverted_layers.emplace_back("x"); }},
      {"reverted groups", [](auto& r) { r.reverted_groups.front() = "x"; }},
      {"metric of top5", [](auto& r) { r.metrics["top5"] = 0.0; }},
      {"drop of top1", [](auto& r) { r.drops.erase("top1"); }},
      {"drop of new", [](auto& r) { r.drops["new"] = 0.0; }},
      {"drop", [](auto& r) { r.drop = kNaN; }},
      {"accepted", [](auto& r) { r.accepted = !r.accepted; }},
      {"int8 share", [](auto& r) { r.int8_macs_share += 1e-16; }},
      {"size in bytes", [](auto& r) { ++r.size_bytes; }},
      {"snapshot hash", [](auto& r) { r.snapshot_hash.bytes[31] ^= 1U; }},
      {"quantization", [](auto& r) { r.quantization = {}; }},
      {"float in ONNX Runtime", [](auto& r) { r.float_in_onnxruntime = {}; }},
  };
  for (const auto& change : changes) {
    IterationRecord now = sample_iteration(2);
    change.make(now);
    EXPECT_THAT(difference(sample_iteration(2), now).value_or("none"), testing::StartsWith(change.field));
  }
  IterationRecord slower = sample_iteration(2);
  slower.seconds = 100.0;
  EXPECT_EQ(difference(sample_iteration(2), slower), std::nullopt);
}

TEST(RecordDifference, EveryFieldOfARankingCounts) {
  const std::vector<Change<RankingRecord>> changes{
      {"number:", [](auto& r) { r.index = 7; }},
      {"after iteration", [](auto& r) { r.after_iteration = 7; }},
      {"metric", [](auto& r) { r.metric = "x"; }},
      {"subset size", [](auto& r) { r.subset_size = 7; }},
      {"number of scores", [](auto& r) { r.scores.pop_back(); }},
      {"place 2", [](auto& r) { r.scores[1].group = "x"; }},
      {"layers of a", [](auto& r) { r.scores[0].layers = {}; }},
      {"score of b", [](auto& r) { r.scores[1].score = 0.0; }},
      {"distance of a", [](auto& r) { r.scores[0].distance = kNaN; }},
      {"multiply-adds of b", [](auto& r) { r.scores[1].float_macs = 1; }},
  };
  for (const auto& change : changes) {
    RankingRecord now = sample_ranking(1);
    change.make(now);
    EXPECT_THAT(difference(sample_ranking(1), now).value_or("none"), testing::StartsWith(change.field));
  }
}

TEST(RecordDifference, WhatAResultSaysCountsAndWhatItCostDoesNot) {
  const RunResult stored{.outcome = Outcome::Met, .best = 2, .explanation = "text", .evaluations = 5, .reused = 1};
  RunResult now = stored;
  now.evaluations = now.reused = 9;
  EXPECT_EQ(difference(stored, now), std::nullopt);
  now.outcome = Outcome::NotMet;
  EXPECT_EQ(difference(stored, now), "outcome: \"met\" is recorded, \"not_met\" now");
}

TEST(RecordDifference, NamesFromModelsCannotSteerATerminal) {
  IterationRecord now = sample_iteration(2);
  now.changed_layers = {"\x1B[2J"};
  EXPECT_THAT(difference(sample_iteration(2), now).value(), testing::Not(testing::HasSubstr("\x1B")));
}

}  // namespace
}  // namespace quantrail::tracking
