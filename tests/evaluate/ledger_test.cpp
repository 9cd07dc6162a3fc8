#include "evaluate/ledger.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace quantrail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Sample `position` is worth position (metric "m") and position / 10 (distance).
std::vector<SampleValues> values_of(const Ledger& ledger, std::size_t batch) {
  std::vector<SampleValues> values;
  for (std::size_t row = 0; row < ledger.size_of(batch); ++row) {
    const auto position = static_cast<double>(ledger.first_of(batch) + row);
    values.push_back({.metrics = {{.value = position}}, .distance = position / 10});
  }
  return values;
}

std::optional<EvaluationBlock> enter(Ledger& ledger, std::size_t batch) {
  return ledger.enter(batch, values_of(ledger, batch));
}

EvaluationBlock block(std::size_t first, std::vector<double> metric) {
  return {.first = first, .per_sample = {{"m", std::move(metric)}}};
}

TEST(Ledger, HandsOutABlockOnceItsLastMicroBatchArrived) {
  Ledger ledger(10, {"m"}, true, 2, 4);  // micro-batches 0..4; blocks {0,1} {2,3} {4}
  EXPECT_EQ(enter(ledger, 1), std::nullopt);
  EXPECT_EQ(enter(ledger, 2), std::nullopt);
  const auto first = enter(ledger, 0);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->first, 0U);
  EXPECT_THAT(first->per_sample.at("m"), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(first->distances, ElementsAre(0.0, 0.1, 0.2, 0.3));
  const auto last = enter(ledger, 4);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->first, 8U);
  EXPECT_THAT(last->per_sample.at("m"), ElementsAre(8, 9));
  EXPECT_EQ(ledger.samples_done(), 8U);
}

TEST(Ledger, TheLastMicroBatchMayBeSmaller) {
  const Ledger ledger(5, {"m"}, false, 2, 4);
  EXPECT_EQ(ledger.size_of(0), 2U);
  EXPECT_EQ(ledger.size_of(2), 1U);
}

TEST(Ledger, RoundsBlocksUpToWholeMicroBatches) {
  Ledger ledger(8, {"m"}, false, 4, 1);
  EXPECT_TRUE(enter(ledger, 0));
  EXPECT_TRUE(enter(ledger, 1));
}

TEST(Ledger, GoesOnBehindRestoredBlocks) {
  Ledger ledger(10, {"m"}, false, 2, 4);
  const std::vector<EvaluationBlock> saved{block(4, {40, 50, 60, 70})};
  ledger.restore(saved);
  EXPECT_THAT(ledger.missing(), ElementsAre(0, 1, 4));
  EXPECT_EQ(ledger.samples_done(), 4U);
  for (const auto batch : ledger.missing()) enter(ledger, batch);
  EXPECT_THAT(values_of(ledger.metric(0)), ElementsAre(0, 1, 2, 3, 40, 50, 60, 70, 8, 9));
}

TEST(Ledger, ABlockRestoredInPartIsHandedOutWhole) {
  Ledger ledger(4, {"m"}, false, 2, 4);
  ledger.restore(std::vector{block(0, {7, 8})});
  const auto whole = enter(ledger, 1);
  ASSERT_TRUE(whole);
  EXPECT_THAT(whole->per_sample.at("m"), ElementsAre(7, 8, 2, 3));
}

TEST(Ledger, ComputesMicroBatchesAgainThatAreCoveredInPart) {
  Ledger ledger(6, {"m"}, false, 2, 6);
  ledger.restore(std::vector{block(1, {10, 20, 30})});
  EXPECT_THAT(ledger.missing(), ElementsAre(0, 2));
}

TEST(Ledger, LeavesBlocksAsideThatAreNotItsOwn) {
  Ledger ledger(4, {"m"}, true, 2, 4);
  EvaluationBlock without_distances = block(0, {1, 2});
  EvaluationBlock beyond = block(3, {1, 2});
  beyond.distances = {0, 0};
  EvaluationBlock far = block(std::numeric_limits<std::size_t>::max(), {1, 2});
  far.distances = {0, 0};
  EvaluationBlock other{.first = 0, .per_sample = {{"other", {1, 2}}}, .distances = {0, 0}};
  EvaluationBlock uneven{.first = 0, .per_sample = {{"m", {1, 2}}}, .distances = {0}};
  ledger.restore(std::vector{without_distances, beyond, far, other, uneven, EvaluationBlock{}});
  EXPECT_THAT(ledger.missing(), ElementsAre(0, 1));
}

TEST(Ledger, HandsOutLeftoversAsNeighboursAndOnlyOnce) {
  Ledger ledger(12, {"m"}, false, 2, 12);
  for (const std::size_t batch : {0, 1, 4}) enter(ledger, batch);
  const auto leftovers = ledger.leftovers();
  ASSERT_EQ(leftovers.size(), 2U);
  EXPECT_EQ(leftovers[0].first, 0U);
  EXPECT_THAT(leftovers[0].per_sample.at("m"), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(leftovers[1].first, 8U);
  EXPECT_THAT(leftovers[1].per_sample.at("m"), ElementsAre(8, 9));
  EXPECT_THAT(ledger.leftovers(), IsEmpty());
}

TEST(Ledger, KeepsTheStatesOfSamples) {
  Ledger ledger(3, {"m", "plain"}, false, 1, 3);
  const auto values = [](double position) {
    return std::vector<SampleValues>{
        {.metrics = {{position, std::vector<double>(static_cast<std::size_t>(position), 0.5)}, {position}}}};
  };
  ledger.enter(0, values(0));
  ledger.enter(2, values(2));
  const auto whole = ledger.enter(1, values(1));
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->states, (decltype(whole->states){{"m", {{}, {0.5}, {0.5, 0.5}}}})) << "none of plain";
  Ledger resumed(3, {"m", "plain"}, false, 1, 3);
  resumed.restore(std::vector{*whole});
  EXPECT_THAT(resumed.missing(), IsEmpty());
  EXPECT_EQ(resumed.metric(0), ledger.metric(0));
  EXPECT_EQ(resumed.metric(1), ledger.metric(1));
}

TEST(Ledger, LeavesBlocksAsideWhoseStatesAreUneven) {
  Ledger ledger(2, {"m"}, false, 1, 2);
  EvaluationBlock uneven = block(0, {1, 2});
  uneven.states["m"] = {{1.0}};
  ledger.restore(std::vector{uneven});
  EXPECT_THAT(ledger.missing(), ElementsAre(0, 1));
}

TEST(Ledger, KeepsNan) {
  Ledger ledger(1, {"m"}, false, 1, 1);
  const std::vector<SampleValues> nan{{.metrics = {{.value = std::nan("")}}}};
  const auto done = ledger.enter(0, nan);
  ASSERT_TRUE(done);
  EXPECT_TRUE(std::isnan(done->per_sample.at("m")[0]));
  EXPECT_THAT(ledger.missing(), IsEmpty());
}

}  // namespace
}  // namespace quantrail
