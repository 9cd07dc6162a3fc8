// Operators that pick, scatter and order elements, beyond ONNX's own test models.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "model/graph_builder.h"
#include "model/one_node.h"

namespace quantrail {
namespace {

using testing::all_computed;
using testing::computed;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::refusal;
using testing::tensor;

using Attributes = std::map<std::string, Attribute>;

Attributes axis(std::int64_t value) { return {{"axis", value}}; }

Tensor list(const std::vector<std::int64_t>& values) {
  return tensor<std::int64_t>({static_cast<std::int64_t>(values.size())}, values);
}

TEST(Indexing, NonZeroCountsNaNAndSkipsBothZeros) {
  const auto found = computed("NonZero", {tensor<float>({2, 2}, {0.0F, std::nanf(""), -0.0F, 3.0F})});
  EXPECT_EQ(found->shape, (Shape{2, 2}));
  EXPECT_THAT(integers_of(*found), ElementsAre(0, 1, 1, 1));
  EXPECT_EQ(computed("NonZero", {tensor<float>({0, 3}, {})})->shape, (Shape{2, 0}));
  EXPECT_EQ(computed("NonZero", {tensor<float>({}, {5})})->shape, (Shape{1, 1}));
}

TEST(Indexing, UniqueTakesNaNsForOne) {
  const auto x = tensor<float>({5}, {std::nanf(""), 2, 1, std::nanf(""), 2});
  const auto outputs = all_computed("Unique", {x}, {}, 13, 4);
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_EQ(outputs->front().shape, (Shape{3}));
  EXPECT_EQ(floats_of(outputs->front())[0], 1.0F);
  EXPECT_TRUE(std::isnan(floats_of(outputs->front())[2]));
  EXPECT_THAT(integers_of((*outputs)[1]), ElementsAre(2, 1, 0));
  EXPECT_THAT(integers_of((*outputs)[2]), ElementsAre(2, 1, 0, 2, 1));
  EXPECT_THAT(integers_of((*outputs)[3]), ElementsAre(1, 2, 2));
  EXPECT_EQ(computed("Unique", {tensor<float>({0}, {})})->shape, (Shape{0}));
}

TEST(Indexing, CompressStopsWhereItsConditionDoes) {
  const auto x = tensor<float>({3, 2}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(floats_of(*computed("Compress", {x, tensor<bool>({2}, {false, true})}, axis(0))), ElementsAre(3, 4));
  EXPECT_THAT(floats_of(*computed("Compress", {x, tensor<bool>({2}, {false, true})})), ElementsAre(2));
  EXPECT_THAT(refusal("Compress", {x, tensor<bool>({4}, {false, false, false, true})}, axis(0)),
              HasSubstr("element 3 of 3"));
}

TEST(Indexing, TopKIsAStableSort) {
  std::mt19937 generator(3);
  std::uniform_int_distribution<int> small(0, 5);
  std::vector<float> values(40);
  for (auto& value : values) value = static_cast<float>(small(generator));
  for (const bool largest : {true, false}) {
    const auto outputs =
        all_computed("TopK", {tensor<float>({40}, values), list({25})}, {{"largest", std::int64_t{largest}}}, 13, 2);
    ASSERT_TRUE(outputs) << outputs.error().message;
    std::vector<std::int64_t> order(40);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
      const auto left = values[static_cast<std::size_t>(a)];
      const auto right = values[static_cast<std::size_t>(b)];
      return largest ? left > right : left < right;
    });
    order.resize(25);
    EXPECT_EQ(integers_of((*outputs)[1]), order);
  }
  EXPECT_THAT(refusal("TopK", {tensor<float>({2}, {1, 2}), list({3})}), HasSubstr("the first [3] of 2"));
  EXPECT_EQ(computed("TopK", {tensor<float>({2, 3}, {1, 2, 3, 4, 5, 6}), list({0})})->shape, (Shape{2, 0}));
}

TEST(Indexing, TopKPutsNaNFirst) {
  const auto x = tensor<float>({3}, {1, std::nanf(""), 2});
  const auto outputs = all_computed("TopK", {x, list({3})}, {}, 13, 2);
  EXPECT_THAT(integers_of((*outputs)[1]), ElementsAre(1, 2, 0));
}

TEST(Indexing, ScatterReducesInEveryWay) {
  const auto data = tensor<std::int32_t>({3}, {10, 20, 30});
  const auto indices = list({0, -1, 0});
  const auto updates = tensor<std::int32_t>({3}, {1, 50, 3});
  const auto scattered = [&](const char* how) {
    return integers_of(*computed("ScatterElements", {data, indices, updates}, {{"reduction", std::string(how)}}, 18));
  };
  EXPECT_THAT(scattered("none"), ElementsAre(3, 20, 50));
  EXPECT_THAT(scattered("add"), ElementsAre(14, 20, 80));
  EXPECT_THAT(scattered("mul"), ElementsAre(30, 20, 1500));
  EXPECT_THAT(scattered("max"), ElementsAre(10, 20, 50));
  EXPECT_THAT(scattered("min"), ElementsAre(1, 20, 30));
  EXPECT_THAT(refusal("ScatterElements", {data, list({3}), tensor<std::int32_t>({1}, {1})}),
              HasSubstr("index 3 into an axis of 3"));
  EXPECT_THAT(refusal("ScatterElements", {data, indices, updates}, {{"reduction", std::string("mean")}}),
              HasSubstr("reduction 'mean'"));
}

TEST(Indexing, ScatterNDWritesWholeBlocks) {
  const auto data = tensor<float>({2, 3}, {0, 0, 0, 0, 0, 0});
  const auto rows = tensor<std::int64_t>({1, 1}, {-1});
  EXPECT_THAT(floats_of(*computed("ScatterND", {data, rows, tensor<float>({1, 3}, {1, 2, 3})})),
              ElementsAre(0, 0, 0, 1, 2, 3));
  const auto outside = tensor<std::int64_t>({1, 1}, {2});
  EXPECT_THAT(refusal("ScatterND", {data, outside, tensor<float>({1, 3}, {1, 2, 3})}),
              HasSubstr("index 2 into an axis of 2"));
}

TEST(Indexing, GatherNDGoesAlongBatches) {
  const auto data = tensor<float>({2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7});
  const auto indices = tensor<std::int64_t>({2, 1}, {1, 0});
  EXPECT_THAT(floats_of(*computed("GatherND", {data, indices}, {{"batch_dims", std::int64_t{1}}})),
              ElementsAre(2, 3, 4, 5));
  const auto deep = tensor<std::int64_t>({1, 4}, {0, 0, 0, 0});
  EXPECT_THAT(refusal("GatherND", {data, deep}), HasSubstr("indices of shape [1,4] into [2,2,2]"));
}

TEST(Indexing, OneHotLeavesOutWhatIsOutOfRange) {
  const auto hot = computed("OneHot", {list({1, -1, 7}), list({3}), tensor<std::int8_t>({2}, {0, 5})});
  EXPECT_THAT(integers_of(*hot), ElementsAre(0, 5, 0, 0, 0, 5, 0, 0, 0));
  EXPECT_THAT(refusal("OneHot", {list({1}), list({-3}), tensor<std::int8_t>({2}, {0, 5})}), HasSubstr("a depth of -3"));
}

TEST(Indexing, DiagonalsFarOutsideAreEmptyOrWhole) {
  const auto x = tensor<float>({2, 2}, {1, 2, 3, 4});
  constexpr auto kFar = std::numeric_limits<std::int64_t>::max();
  constexpr auto kBack = std::numeric_limits<std::int64_t>::min();
  EXPECT_THAT(floats_of(*computed("Trilu", {x, list({kFar})}, {}, 14)), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(floats_of(*computed("Trilu", {x, list({kBack})}, {}, 14)), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(floats_of(*computed("EyeLike", {x}, {{"k", kFar}})), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(floats_of(*computed("EyeLike", {x}, {{"k", kBack}})), ElementsAre(0, 0, 0, 0));
}

TEST(Indexing, CumSumOfIntegersWraps) {
  const auto x = tensor<std::int32_t>({3}, {std::numeric_limits<std::int32_t>::max(), 1, 1});
  EXPECT_THAT(integers_of(*computed("CumSum", {x, tensor<std::int64_t>({}, {0})})),
              ElementsAre(2147483647LL, -2147483648LL, -2147483647LL));
  EXPECT_THAT(refusal("CumSum", {x, tensor<std::int64_t>({}, {1})}), HasSubstr("axis 1 does not exist"));
}

TEST(Indexing, SequencesLongerThanTheirAxisAreRefused) {
  const auto x = tensor<float>({2, 1}, {1, 2});
  EXPECT_THAT(floats_of(*computed("ReverseSequence", {x, list({2})})), ElementsAre(2, 1));
  EXPECT_THAT(refusal("ReverseSequence", {x, list({3})}), HasSubstr("a sequence of 3 on an axis of 2"));
}

}  // namespace
}  // namespace quantrail
