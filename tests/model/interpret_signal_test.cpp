// Signals, losses, n-grams and images, beyond ONNX's own test models.
#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "model/graph_builder.h"
#include "model/one_node.h"

namespace quantrail {
namespace {

using testing::all_computed;
using testing::computed;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;
using testing::refusal;
using testing::tensor;

using Attributes = std::map<std::string, Attribute>;
using Ints = std::vector<std::int64_t>;

Tensor random_floats(const Shape& shape, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  Tensor x = Tensor::zeros(ElementType::Float32, shape);
  for (auto& value : x.values<float>()) value = uniform(generator);
  return x;
}

Tensor number(std::int64_t value) { return tensor<std::int64_t>({}, {value}); }

TEST(Signal, TheInverseTransformUndoesTheTransform) {
  const Tensor x = random_floats({2, 7, 3, 2}, 1);
  for (const std::int64_t axis : {1, 2, -2}) {
    const auto there = computed("DFT", {x}, {{"axis", axis}}, 17);
    ASSERT_TRUE(there) << there.error().message;
    const auto back = computed("DFT", {*there}, {{"axis", axis}, {"inverse", std::int64_t{1}}}, 17);
    EXPECT_THAT(floats_of(*back), Pointwise(FloatNear(1e-6F), floats_of(x)));
  }
}

TEST(Signal, TransformsAreCutAndPaddedToTheirLength) {
  const auto x = tensor<float>({1, 3, 1}, {1, 2, 3});
  const auto padded = computed("DFT", {x, number(4)}, {}, 17);
  EXPECT_EQ(padded->shape, (Shape{1, 4, 2}));
  EXPECT_NEAR(floats_of(*padded)[0], 6.0F, 1e-6F);
  const auto cut = computed("DFT", {x, number(2)}, {{"onesided", std::int64_t{1}}}, 17);
  EXPECT_THAT(floats_of(*cut), ElementsAre(3, 0, -1, FloatNear(0.0F, 1e-6F)));
  EXPECT_THAT(refusal("DFT", {x, number(0)}, {}, 17), HasSubstr("a transform of length 0"));
  EXPECT_THAT(refusal("DFT", {x}, {{"axis", std::int64_t{2}}}, 17), HasSubstr("complex numbers"));
}

TEST(Signal, FramesLongerThanTheSignalAreRefused) {
  const auto x = tensor<float>({1, 4}, {1, 2, 3, 4});
  const auto window = tensor<float>({8}, std::vector<float>(8, 1.0F));
  EXPECT_THAT(refusal("STFT", {x, number(1), window}, {}, 17), HasSubstr("frames of 8 every 1 of a signal of 4"));
  const auto short_window = tensor<float>({2}, {1, 1});
  EXPECT_THAT(refusal("STFT", {x, number(0), short_window}, {}, 17), HasSubstr("every 0"));
  EXPECT_EQ(computed("STFT", {x, number(2), short_window}, {}, 17)->shape, (Shape{1, 2, 2, 2}));
}

TEST(Signal, WindowsOfNoLengthAndHostileOnes) {
  EXPECT_EQ(computed("HannWindow", {number(0)}, {}, 17)->shape, (Shape{0}));
  EXPECT_THAT(floats_of(*computed("HannWindow", {number(1)}, {{"periodic", std::int64_t{0}}}, 17)), ElementsAre(0));
  EXPECT_THAT(refusal("HannWindow", {number(-1)}, {}, 17), HasSubstr("its size"));
  EXPECT_THAT(refusal("HannWindow", {number(std::int64_t{1} << 40U)}, {}, 17), HasSubstr("its size"));
}

TEST(Loss, TargetsOutsideTheClassesAreRefused) {
  const auto scores = tensor<float>({1, 2}, {0.5F, -0.5F});
  EXPECT_THAT(refusal("NegativeLogLikelihoodLoss", {scores, tensor<std::int64_t>({1}, {2})}),
              HasSubstr("target 2 of 2 classes"));
  EXPECT_THAT(refusal("SoftmaxCrossEntropyLoss", {scores, tensor<std::int64_t>({1}, {-1})}),
              HasSubstr("target -1 of 2 classes"));
  EXPECT_THAT(floats_of(*computed("SoftmaxCrossEntropyLoss", {scores, tensor<std::int64_t>({1}, {-1})},
                                  {{"ignore_index", std::int64_t{-1}}, {"reduction", std::string("sum")}})),
              ElementsAre(0));
}

TEST(Loss, LargeScoresDoNotOverflow) {
  const auto scores = tensor<float>({1, 2}, {10000.0F, 0.0F});
  EXPECT_THAT(floats_of(*computed("SoftmaxCrossEntropyLoss", {scores, tensor<std::int64_t>({1}, {1})})),
              ElementsAre(10000.0F));
}

TEST(Loss, LinesBecomeUnitsAndZerosStay) {
  const auto x = tensor<float>({2, 2}, {3, 4, 0, 0});
  EXPECT_THAT(floats_of(*computed("LpNormalization", {x})), ElementsAre(0.6F, 0.8F, 0, 0));
  EXPECT_THAT(refusal("LpNormalization", {x}, {{"p", std::int64_t{3}}}), HasSubstr("a norm of 3"));
}

TEST(Loss, DeterminantsChangeSignWithRows) {
  EXPECT_THAT(floats_of(*computed("Det", {tensor<float>({2, 2, 2}, {0, 1, 1, 0, 2, 4, 1, 2})})), ElementsAre(-1, 0));
  EXPECT_THAT(floats_of(*computed("Det", {tensor<float>({0, 0}, {})})), ElementsAre(1));
  EXPECT_FALSE(computed("Det", {tensor<float>({1, 2}, {1, 2})}));
}

const Attributes kPairs{{"mode", std::string("TFIDF")},       {"min_gram_length", std::int64_t{1}},
                        {"max_gram_length", std::int64_t{2}}, {"max_skip_count", std::int64_t{1}},
                        {"ngram_counts", Ints{0, 1}},         {"ngram_indexes", Ints{1, 0}},
                        {"pool_int64s", Ints{5, 5, 7}},       {"weights", std::vector<float>{10.0F, 0.5F}}};

TEST(Ngrams, CountsWithWeightsAndSkips) {
  // One item: 5, twice. Two items: (5, 7) next to each other, and with one item between.
  const auto x = tensor<std::int32_t>({4}, {5, 5, 7, 1});
  EXPECT_THAT(floats_of(*computed("TfIdfVectorizer", {x}, kPairs)), ElementsAre(1.0F, 20.0F));
  auto idf = kPairs;
  idf["mode"] = std::string("IDF");
  EXPECT_THAT(floats_of(*computed("TfIdfVectorizer", {x}, idf)), ElementsAre(0.5F, 10.0F));
}

TEST(Ngrams, HostilePoolsAreRefused) {
  const auto x = tensor<std::int32_t>({1}, {5});
  auto bad = kPairs;
  bad["ngram_counts"] = Ints{0, 9};
  EXPECT_THAT(refusal("TfIdfVectorizer", {x}, bad), HasSubstr("of a pool of 3"));
  bad = kPairs;
  bad["ngram_indexes"] = Ints{-1, 0};
  EXPECT_THAT(refusal("TfIdfVectorizer", {x}, bad), HasSubstr("ngram_indexes from -1"));
  bad = kPairs;
  bad["pool_strings"] = std::vector<std::string>{"a"};
  EXPECT_THAT(refusal("TfIdfVectorizer", {x}, bad), HasSubstr("strings"));
}

TEST(Images, ColumnsThatOverlapAddUp) {
  // Blocks of two on an image of three, one step apart: places 0 and 1.
  const auto columns = tensor<float>({1, 2, 2}, {1, 2, 10, 20});
  const auto image = tensor<std::int64_t>({1}, {3});
  const auto block = tensor<std::int64_t>({1}, {2});
  EXPECT_THAT(floats_of(*computed("Col2Im", {columns, image, block}, {}, 18)), ElementsAre(1, 12, 20));
  EXPECT_THAT(refusal("Col2Im", {columns, image, tensor<std::int64_t>({1}, {4})}, {}, 18), HasSubstr("do not fit"));
  EXPECT_FALSE(computed("Col2Im", {columns, tensor<std::int64_t>({1}, {std::int64_t{1} << 40U}), block}, {}, 18));
}

TEST(Images, CentresByCuttingAndPadding) {
  const auto x = tensor<float>({5}, {1, 2, 3, 4, 5});
  EXPECT_THAT(floats_of(*computed("CenterCropPad", {x, tensor<std::int64_t>({1}, {2})}, {}, 18)), ElementsAre(2, 3));
  EXPECT_THAT(floats_of(*computed("CenterCropPad", {x, tensor<std::int64_t>({1}, {8})}, {}, 18)),
              ElementsAre(0, 1, 2, 3, 4, 5, 0, 0));
  EXPECT_FALSE(computed("CenterCropPad", {x, tensor<std::int64_t>({1}, {-2})}, {}, 18));
}

TEST(Images, TheIdentityGridGoesFromCornerToCorner) {
  const auto theta = tensor<float>({1, 2, 3}, {1, 0, 0, 0, 1, 0});
  const auto size = tensor<std::int64_t>({4}, {1, 1, 2, 2});
  const auto grid = computed("AffineGrid", {theta, size}, {{"align_corners", std::int64_t{1}}}, 20);
  ASSERT_TRUE(grid) << grid.error().message;
  EXPECT_EQ(grid->shape, (Shape{1, 2, 2, 2}));
  EXPECT_THAT(floats_of(*grid), ElementsAre(-1, -1, 1, -1, -1, 1, 1, 1));
}

TEST(BatchNormalization, TrainingMeasuresTheBatch) {
  const auto x = tensor<float>({2, 1, 2}, {1, 3, 5, 7});
  const auto one = tensor<float>({1}, {1});
  const auto zero = tensor<float>({1}, {0});
  const auto outputs = all_computed("BatchNormalization", {x, one, zero, zero, one},
                                    {{"training_mode", std::int64_t{1}}, {"momentum", 0.5F}, {"epsilon", 0.0F}}, 15, 3);
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_THAT(floats_of((*outputs)[1]), ElementsAre(2));
  EXPECT_THAT(floats_of((*outputs)[2]), ElementsAre(3));
  EXPECT_NEAR(floats_of((*outputs)[0])[3], 3.0F / std::sqrt(5.0F), 1e-6F);
}

}  // namespace
}  // namespace quantrail
