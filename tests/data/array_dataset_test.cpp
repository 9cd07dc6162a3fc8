#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "data/open.h"
#include "tests/data/support.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<ValueInfo> kPairs{{"input", ElementType::Float32, {-1, 2}, {}}};

DataConfig npy(const std::filesystem::path& path) {
  DataConfig config;
  config.data.type = "npy";
  config.data.path = path;
  return config;
}

std::string problem(const DataConfig& config, std::span<const ValueInfo> inputs, const OpenOptions& options = {}) {
  const auto data = open_dataset(config, inputs, options);
  return data ? "none" : data.error().message;
}

class Arrays : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path pairs_ = folder_.write("pairs.npy", npy_of<float>("<f4", {3, 2}, {1, 2, 3, 4, 5, 6}));
  std::filesystem::path labels_ = folder_.write("labels.npy", npy_of<std::int64_t>("<i8", {3}, {0, 2, 1}));
};

TEST_F(Arrays, GiveSamplesWithLabels) {
  DataConfig config = npy(pairs_);
  config.data.labels = labels_;
  const auto data = open_dataset(config, kPairs, {.labels_required = true});
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ((*data)->size(), 3U);
  EXPECT_EQ((*data)->inputs().front().name, "input");
  EXPECT_THAT((*data)->inputs().front().shape, ElementsAre(2));
  EXPECT_THAT(first_input<float>(**data, 2), ElementsAre(5, 6));
  EXPECT_EQ((*data)->truth(1)->label, 2);
  EXPECT_THAT((*data)->describe(1), HasSubstr("pairs.npy row 1"));
}

TEST_F(Arrays, MayHaveNoLabelsUnlessRequired) {
  const auto data = open_dataset(npy(pairs_), kPairs);
  ASSERT_TRUE(data);
  EXPECT_EQ((*data)->truth(0)->label, std::nullopt);
  EXPECT_THAT(problem(npy(pairs_), kPairs, {.labels_required = true}), HasSubstr("labels are needed"));
}

TEST_F(Arrays, HaveTargetsOfAnyShape) {
  DataConfig config = npy(pairs_);
  config.data.targets = folder_.write("maps.npy", npy_of<std::uint8_t>("|u1", {3, 1, 2}, {0, 1, 2, 3, 4, 5}));
  const auto data = open_dataset(config, kPairs);
  ASSERT_TRUE(data) << data.error().message;
  const auto truth = (*data)->truth(2);
  ASSERT_TRUE(truth && truth->target != nullptr);
  EXPECT_EQ(truth->target->type, ElementType::Uint8);
  EXPECT_THAT(truth->target->shape, ElementsAre(1, 2));
  EXPECT_THAT(integers_of(*truth->target), ElementsAre(4, 5));
  EXPECT_THAT(first_input<float>(**data, 2), ElementsAre(5, 6));
}

TEST_F(Arrays, AreToldApartByTheirTargets) {
  DataConfig config = npy(pairs_);
  const auto without = (*open_dataset(config, kPairs))->fingerprint();
  config.data.targets = folder_.write("a.npy", npy_of<float>("<f4", {3}, {1, 2, 3}));
  const auto one = (*open_dataset(config, kPairs))->fingerprint();
  config.data.targets = folder_.write("b.npy", npy_of<float>("<f4", {3}, {1, 2, 4}));
  const auto other = (*open_dataset(config, kPairs))->fingerprint();
  EXPECT_NE(one, without);
  EXPECT_NE(one, other);
  config.data.targets = folder_.write("moved.npy", npy_of<float>("<f4", {3}, {1, 2, 3}));
  EXPECT_EQ((*open_dataset(config, kPairs))->fingerprint(), one) << "not by where these lie";
}

TEST_F(Arrays, NeedATargetForEachSample) {
  DataConfig config = npy(pairs_);
  config.data.targets = folder_.write("few.npy", npy_of<float>("<f4", {2}, {1, 2}));
  EXPECT_THAT(problem(config, kPairs), HasSubstr("few.npy has 2 targets, there are 3 samples"));
  config.data.limit = 2;
  EXPECT_EQ(problem(config, kPairs), "none");
  config.data.limit = 3;
  EXPECT_THAT(problem(config, kPairs), HasSubstr("few.npy has 2 targets, there are 3 samples"));
}

TEST_F(Arrays, AreLimitedToTheFirstSamples) {
  DataConfig config = npy(pairs_);
  config.data.limit = 2;
  EXPECT_EQ((*open_dataset(config, kPairs))->size(), 2U);
  config.data.limit = 100;
  EXPECT_EQ((*open_dataset(config, kPairs))->size(), 3U);
}

TEST_F(Arrays, MustSuitTheNetworkInTypeAndShape) {
  const std::vector<ValueInfo> triples{{"input", ElementType::Float32, {-1, 3}, {}}};
  EXPECT_THAT(problem(npy(pairs_), triples),
              HasSubstr("samples are float32 [2], the network input \"input\" needs float32 [3]"));
  const std::vector<ValueInfo> tokens{{"input", ElementType::Int64, {-1, 2}, {}}};
  EXPECT_THAT(problem(npy(pairs_), tokens), HasSubstr("needs int64 [2]"));
  const std::vector<ValueInfo> any{{"input", ElementType::Float32, {-1, -1}, {}}};
  EXPECT_TRUE(open_dataset(npy(pairs_), any));
}

TEST_F(Arrays, AreWholeSamplesWhereInputsHaveNoBatchInCommon) {
  const std::vector<ValueInfo> inputs{{"x", ElementType::Float32, {-1, 2}, {}},
                                      {"states", ElementType::Float32, {2, -1}, {}},
                                      {"rate", ElementType::Int64, {}, {}}};
  DataConfig config;
  config.data.type = "npy";
  config.data.arrays = {{"x", pairs_},
                        {"states", folder_.write("states.npy", npy_of<float>("<f4", {3, 2, 1}, {1, 2, 3, 4, 5, 6}))},
                        {"rate", labels_}};
  const auto data = open_dataset(config, inputs);
  ASSERT_TRUE(data) << data.error().message;
  std::map<std::string, Shape> shapes;
  for (const auto& input : (*data)->inputs()) shapes[input.name] = input.shape;
  EXPECT_EQ(shapes, (std::map<std::string, Shape>{{"x", {2}}, {"states", {2, 1}}, {"rate", {}}}));
  config.data.arrays["states"] = pairs_;
  EXPECT_THAT(problem(config, inputs), HasSubstr("the network input \"states\" needs float32 [2,?]"));
}

TEST_F(Arrays, MayHaveAnAxisOfOneInFrontOfSamples) {
  const auto in_front = folder_.write("in_front.npy", npy_of<float>("<f4", {3, 1, 2}, {1, 2, 3, 4, 5, 6}));
  const auto data = open_dataset(npy(in_front), kPairs);
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_THAT(first_input<float>(**data, 2), ElementsAre(5, 6));
}

TEST_F(Arrays, OfImagesHintAtTheLayoutKey) {
  const std::vector<ValueInfo> image{{"input", ElementType::Float32, {-1, 3, 2, 2}, {}}};
  const auto path = folder_.write("u8.npy", npy_of<std::uint8_t>("|u1", {1, 2, 2, 3}, std::vector<std::uint8_t>(12)));
  EXPECT_THAT(problem(npy(path), image), HasSubstr("say so with data.layout"));
}

TEST_F(Arrays, OfOtherWidthsAreConverted) {
  const auto doubles = folder_.write("doubles.npy", npy_of<double>("<f8", {1, 2}, {0.5, -0.25}));
  EXPECT_THAT(first_input<float>(**open_dataset(npy(doubles), kPairs), 0), ElementsAre(0.5F, -0.25F));
  const auto halves = folder_.write("halves.npy", npy_of<std::uint16_t>("<f2", {1, 2}, {0x3C00, 0xB400}));
  EXPECT_THAT(first_input<float>(**open_dataset(npy(halves), kPairs), 0), ElementsAre(1.0F, -0.25F));
  const std::vector<ValueInfo> tokens{{"ids", ElementType::Int64, {-1, 2}, {}}};
  const auto ids = folder_.write("ids.npy", npy_of<std::int32_t>("<i4", {1, 2}, {7, -8}));
  EXPECT_THAT(first_input<std::int64_t>(**open_dataset(npy(ids), tokens), 0), ElementsAre(7, -8));
}

TEST_F(Arrays, AreRoundedToHalfPrecision) {
  const std::vector<ValueInfo> half{{"x", ElementType::Float16, {-1, 2}, {}}};
  // 2049 lies between the halves 2048 and 2050, 2051 between 2050 and 2052: ties go to the even one.
  const auto floats = folder_.write("floats.npy", npy_of<float>("<f4", {1, 2}, {2049.0F, 2051.0F}));
  EXPECT_THAT(first_input<std::uint16_t>(**open_dataset(npy(floats), half), 0), ElementsAre(0x6800, 0x6802));
  // Just above the tie: by way of float32 it would be one.
  const auto doubles = folder_.write("doubles.npy", npy_of<double>("<f8", {1, 2}, {2049.0000000001, -1.0}));
  EXPECT_THAT(first_input<std::uint16_t>(**open_dataset(npy(doubles), half), 0), ElementsAre(0x6801, 0xBC00));
  const auto halves = folder_.write("halves.npy", npy_of<std::uint16_t>("<f2", {1, 2}, {0x1234, 0x7C00}));
  EXPECT_THAT(first_input<std::uint16_t>(**open_dataset(npy(halves), half), 0), ElementsAre(0x1234, 0x7C00));
  const std::vector<ValueInfo> brain{{"x", ElementType::BFloat16, {-1, 2}, {}}};
  EXPECT_THAT(first_input<std::uint16_t>(**open_dataset(npy(doubles), brain), 0), ElementsAre(0x4500, 0xBF80));
}

TEST_F(Arrays, AreNotRoundedToInfinity) {
  const std::vector<ValueInfo> half{{"x", ElementType::Float16, {-1, 2}, {}}};
  const float infinity = std::numeric_limits<float>::infinity();
  const auto path = folder_.write("x.npy", npy_of<float>("<f4", {2, 2}, {infinity, 65504, 1, 70000}));
  const auto data = open_dataset(npy(path), half);
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_THAT(first_input<std::uint16_t>(**data, 0), ElementsAre(0x7C00, 0x7BFF));
  EXPECT_THAT(sample_of(**data, 1).error().message, HasSubstr("x.npy row 1: 70000 is too large for float16"));
}

TEST_F(Arrays, FeedSeveralInputsByName) {
  const std::vector<ValueInfo> two{{"b", ElementType::Float32, {-1, 2}, {}}, {"a", ElementType::Int64, {-1}, {}}};
  DataConfig config = npy({});
  config.data.arrays = {{"a", labels_}, {"b", pairs_}};
  const auto data = open_dataset(config, two);
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ((*data)->inputs()[0].name, "b");
  const auto sample = sample_of(**data, 1);
  ASSERT_TRUE(sample);
  EXPECT_THAT(values_of<float>((*sample)[0]), ElementsAre(3, 4));
  EXPECT_THAT(values_of<std::int64_t>((*sample)[1]), ElementsAre(2));
}

TEST_F(Arrays, MustMatchTheInputsOfTheNetwork) {
  const std::vector<ValueInfo> two{{"ids", ElementType::Float32, {-1, 2}, {}}, {"mask", ElementType::Int64, {-1}, {}}};
  EXPECT_THAT(problem(npy(pairs_), two), HasSubstr("the network has 2 inputs (ids, mask)"));
  DataConfig config = npy({});
  config.data.arrays = {{"ids", pairs_}, {"mas", labels_}};
  EXPECT_THAT(problem(config, two), HasSubstr("no array for the network input \"mask\" (did you mean \"mas\"?)"));
  config.data.arrays = {{"ids", pairs_}, {"mask", labels_}, {"more", labels_}};
  EXPECT_THAT(problem(config, two), HasSubstr("the network has no input \"more\" (if these are labels, name them in"));
  config.data.arrays = {{"ids", pairs_}, {"mask", labels_}, {"id", pairs_}};
  EXPECT_THAT(problem(config, two), HasSubstr("the network has no input \"id\" (did you mean \"ids\"?)"));
}

TEST_F(Arrays, MustHaveEquallyManyRows) {
  const auto few = folder_.write("few.npy", npy_of<std::int64_t>("<i8", {2}, {0, 1}));
  DataConfig config = npy(pairs_);
  config.data.labels = few;
  EXPECT_THAT(problem(config, kPairs), HasSubstr("has 3 samples, there are 2 labels"));
}

TEST_F(Arrays, ComeFromArchives) {
  const std::vector<ValueInfo> input{{"anything", ElementType::Float32, {-1, 2, 3}, {}}};
  DataConfig config = npy(fixture("deflated.npz"));
  config.data.type = "npz";
  config.data.labels_array = "labels";
  const auto data = open_dataset(config, input, {.labels_required = true});
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ((*data)->truth(2)->label, 2);
  EXPECT_THAT(first_input<float>(**data, 1), ElementsAre(6, 7, 8, 9, 10, 11));
  config.data.labels_array = "label";
  EXPECT_THAT(problem(config, input), HasSubstr("there is no array \"label\" (did you mean \"labels\"?)"));
}

TEST_F(Arrays, AreChosenFromArchives) {
  const std::vector<ValueInfo> input{{"anything", ElementType::Float32, {-1, 2, 3}, {}}};
  DataConfig config = npy(fixture("deflated.npz"));
  config.data.type = "npz";
  EXPECT_THAT(problem(config, input), HasSubstr("no array for the network input"));
  config.data.samples_array = "x";
  const auto bare = open_dataset(config, input);
  ASSERT_TRUE(bare) << bare.error().message;
  EXPECT_THAT(first_input<float>(**bare, 1), ElementsAre(6, 7, 8, 9, 10, 11));
  config.data.labels_array = "labels";
  const auto labelled = open_dataset(config, input, {.labels_required = true});
  ASSERT_TRUE(labelled) << labelled.error().message;
  EXPECT_EQ((*labelled)->truth(2)->label, 2);
  EXPECT_NE((*labelled)->fingerprint(), (*bare)->fingerprint()) << "other arrays of one file are other data";
  config.data.samples_array = "y";
  EXPECT_THAT(problem(config, input), HasSubstr("there is no array \"y\""));
}

TEST_F(Arrays, HaveAFingerprintOfTheirContent) {
  DataConfig config = npy(pairs_);
  config.data.labels = labels_;
  const Digest first = (*open_dataset(config, kPairs))->fingerprint();
  EXPECT_EQ((*open_dataset(config, kPairs))->fingerprint(), first);
  config.data.path = folder_.copy("same.npy", pairs_);
  EXPECT_EQ((*open_dataset(config, kPairs))->fingerprint(), first) << "the place of a file is not its content";
  DataConfig limited = config;
  limited.data.limit = 2;
  EXPECT_NE((*open_dataset(limited, kPairs))->fingerprint(), first);
  config.data.path = folder_.write("other.npy", npy_of<float>("<f4", {3, 2}, {1, 2, 3, 4, 5, 7}));
  EXPECT_NE((*open_dataset(config, kPairs))->fingerprint(), first);
  config.data.path = pairs_;
  config.data.labels = folder_.write("other_labels.npy", npy_of<std::int64_t>("<i8", {3}, {0, 2, 2}));
  EXPECT_NE((*open_dataset(config, kPairs))->fingerprint(), first);
}

TEST_F(Arrays, AreHashedByTheGivenHasher) {
  std::vector<std::filesystem::path> asked;
  OpenOptions options;
  options.hash_file = [&](const std::filesystem::path& path) {
    asked.push_back(path);
    return sha256_file(path);
  };
  ASSERT_TRUE(open_dataset(npy(pairs_), kPairs, options));
  EXPECT_THAT(asked, ElementsAre(pairs_));
  options.hash_file = [](const auto&) -> Result<Digest> { return fail(Cause::Storage, "no space"); };
  EXPECT_EQ(problem(npy(pairs_), kPairs, options), "no space");
}

TEST(OpenDataset, ProposesTheNearestType) {
  DataConfig config;
  config.data.type = "nyp";
  EXPECT_THAT(problem(config, kPairs), HasSubstr("unknown type of data \"nyp\" (did you mean \"npy\"?)"));
}

}  // namespace
}  // namespace quantrail
