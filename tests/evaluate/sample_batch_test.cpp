#include "evaluate/sample_batch.h"

#include <gtest/gtest.h>

#include "evaluate/evaluator.h"
#include "evaluate/fakes.h"

namespace quantrail {
namespace {

using testing_evaluate::CountingData;
using testing_evaluate::Largest;

/// x [N,6] through `nodes` to y.
Graph through(std::vector<Node> nodes) {
  Graph graph{.name = "small", .opset = 13};
  graph.inputs = {{"x", ElementType::Float32, {-1, 6}, {"N", ""}}};
  graph.outputs = {{"y", ElementType::Float32, {-1, -1}, {"N", ""}}};
  graph.nodes = std::move(nodes);
  return graph;
}

Graph less_the_mean_of_the_batch() {
  const std::vector<std::int64_t> rows{0};
  return through(
      {{.name = "mean", .op = "ReduceMean", .inputs = {"x"}, .outputs = {"m"}, .attributes = {{"axes", rows}}},
       {.name = "less", .op = "Sub", .inputs = {"x", "m"}, .outputs = {"s"}},
       {.name = "add", .op = "Add", .inputs = {"s", "x"}, .outputs = {"y"}}});
}

Graph softmax(std::int64_t axis) {
  return through(
      {{.name = "soft", .op = "Softmax", .inputs = {"x"}, .outputs = {"y"}, .attributes = {{"axis", axis}}}});
}

/// Turned there and back, which operators alone do not tell from mixing.
Graph turned_twice() {
  return through({{.name = "there", .op = "Transpose", .inputs = {"x"}, .outputs = {"t"}},
                  {.name = "relu", .op = "Relu", .inputs = {"t"}, .outputs = {"r"}},
                  {.name = "back", .op = "Transpose", .inputs = {"r"}, .outputs = {"y"}}});
}

TEST(SampleBatch, IsOneWhereSamplesOfABatchInfluenceEachOther) {
  const CountingData data(40, 6, 4);
  EXPECT_EQ(sample_batch(less_the_mean_of_the_batch(), data), 1);
  EXPECT_EQ(sample_batch(softmax(0), data), 1);
  EXPECT_EQ(sample_batch(softmax(1), data), 8);
}

TEST(SampleBatch, AsksAFewSamplesWhereOperatorsDoNotTell) {
  const CountingData data(40, 6, 4);
  EXPECT_EQ(sample_batch(turned_twice(), data), 8);
  EXPECT_GT(data.reads, 0);
  const CountingData unread(40, 6, 4);
  EXPECT_EQ(sample_batch(softmax(1), unread), 8);
  EXPECT_EQ(unread.reads, 0);
  CountingData broken(40, 6, 4);
  broken.broken = 0;
  EXPECT_EQ(sample_batch(turned_twice(), broken), 1);
}

TEST(SampleBatch, MakesEvaluationsThoseOfEachSampleAlone) {
  const auto data = std::make_shared<CountingData>(40, 6, 4);
  const auto made =
      Evaluator::create(less_the_mean_of_the_batch(), data, {std::make_shared<Largest>()}, {.threads = 2});
  ASSERT_TRUE(made) << made.error().message;
  const auto found = made->evaluated({.samples = {3, 4, 5}}, {});
  ASSERT_TRUE(found);
  for (std::size_t at = 0; at < 3; ++at) {
    std::vector<float> x(6);
    const std::vector<std::span<std::byte>> into{std::as_writable_bytes(std::span(x))};
    ASSERT_TRUE(data->read(3 + at, into));
    EXPECT_EQ(found->per_sample.at("largest")[at], *std::max_element(x.begin(), x.end())) << "its mean is itself";
  }
}

}  // namespace
}  // namespace quantrail
