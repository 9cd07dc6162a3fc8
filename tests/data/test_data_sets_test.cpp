#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/name_order.h"
#include "data/open.h"
#include "tests/data/support.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A serialised TensorProto: fields dims, data_type, name, raw_data.
std::string proto(const Shape& shape, char type, const std::string& name, const std::string& raw) {
  std::string text;
  for (const auto size : shape) text += std::string{'\x08', static_cast<char>(size)};
  text += std::string{'\x10', type};
  if (!name.empty()) text += std::string{'\x42', static_cast<char>(name.size())} + name;
  return text + std::string{'\x4A', static_cast<char>(raw.size())} + raw;
}

std::string floats(const Shape& shape, const std::vector<float>& values, const std::string& name = {}) {
  return proto(shape, 1, name, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
}

class TestDataSets : public ::testing::Test {
 protected:
  Result<std::shared_ptr<const Dataset>> opened(const OpenOptions& options = {}) const {
    return open_dataset(config_, inputs_, options);
  }
  std::string problem(const OpenOptions& options = {}) const {
    const auto data = opened(options);
    return data ? "none" : data.error().message;
  }
  void write(const std::string& name, const std::string& content) const { folder_.write(name, content); }

  TemporaryFolder folder_;
  DataConfig config_{.data = {.type = "test_data_set", .path = folder_.path()}};
  std::vector<ValueInfo> inputs_{{"x", ElementType::Float32, {-1, 2}, {}}};
};

TEST_F(TestDataSets, AreSamplesInTheOrderOfTheirNumbers) {
  write("test_data_set_10/input_0.pb", floats({1, 2}, {7, 8}));
  write("test_data_set_2/input_0.pb", floats({2, 2}, {3, 4, 5, 6}));
  write("test_data_set_0/input_0.pb", floats({1, 2}, {1, 2}));
  write("test_data_set_1.txt", "no folder");
  write("model.onnx", "");
  const auto data = opened();
  ASSERT_TRUE(data) << data.error().message;
  ASSERT_EQ((*data)->size(), 4U);
  EXPECT_THAT(first_input<float>(**data, 0), ElementsAre(1, 2));
  EXPECT_THAT(first_input<float>(**data, 2), ElementsAre(5, 6));
  EXPECT_THAT(first_input<float>(**data, 3), ElementsAre(7, 8));
  EXPECT_THAT((*data)->describe(0), testing::EndsWith("test_data_set_0/input_0.pb"));
  EXPECT_THAT((*data)->describe(2), testing::EndsWith("test_data_set_2/input_0.pb row 1"));
  EXPECT_EQ((*data)->truth(0)->target, nullptr);
}

TEST_F(TestDataSets, HaveTheirFirstOutputForTarget) {
  write("test_data_set_0/input_0.pb", floats({2, 2}, {1, 2, 3, 4}));
  write("test_data_set_0/output_0.pb", floats({2, 1}, {5, 6}));
  write("test_data_set_0/output_1.pb", "whatever");
  const auto data = opened();
  ASSERT_TRUE(data) << data.error().message;
  const auto truth = (*data)->truth(1);
  ASSERT_TRUE(truth && truth->target);
  EXPECT_EQ(*truth->target, Tensor::of<float>({1}, std::vector<float>{6}));
  const Digest first = (*data)->fingerprint();
  write("test_data_set_0/output_0.pb", floats({2, 1}, {5, 7}));
  EXPECT_NE((*opened())->fingerprint(), first);
  write("test_data_set_0/output_0.pb", floats({1, 2}, {5, 7}));
  EXPECT_THAT(problem(), HasSubstr("output_0.pb: the first axis counts 1 samples, input_0.pb has 2"));
  write("test_data_set_0/output_0.pb", "rubbish");
  EXPECT_THAT(problem(), HasSubstr("output_0.pb: is not an ONNX tensor"));
}

TEST_F(TestDataSets, FeedInputsByNameOrElseByPosition) {
  inputs_.push_back({"ids", ElementType::Int64, {-1}, {}});
  const auto both = [&] {
    const auto data = opened();
    EXPECT_TRUE(data) << data.error().message;
    if (!data) return std::string();
    const auto sample = sample_of(**data, 0);
    return fmt::format("{} {}", fmt::join(values_of<float>((*sample)[0]), ","),
                       fmt::join(values_of<std::int64_t>((*sample)[1]), ","));
  };
  const std::string number("\5\0\0\0\0\0\0\0", 8);
  write("test_data_set_0/input_0.pb", floats({1, 2}, {1, 2}));
  write("test_data_set_0/input_1.pb", proto({1}, 7, "other", number));
  EXPECT_EQ(both(), "1,2 5");
  write("test_data_set_0/input_0.pb", proto({1}, 7, "ids", number));
  write("test_data_set_0/input_1.pb", floats({1, 2}, {1, 2}, "x"));
  EXPECT_EQ(both(), "1,2 5");
  write("test_data_set_0/input_1.pb", floats({1, 2}, {1, 2}));
  EXPECT_THAT(problem(), HasSubstr("bears the name of the network input \"ids\" and has the place of \"x\""));
  write("test_data_set_0/input_1.pb", proto({1}, 7, "ids", number));
  EXPECT_THAT(problem(), HasSubstr("each once"));
  write("test_data_set_0/input_0.pb", floats({1, 2}, {1, 2}));
  write("test_data_set_0/input_1.pb", proto({2}, 7, "ids", number + number));
  EXPECT_THAT(problem(), HasSubstr("input_1.pb: the first axis counts 2 samples, input_0.pb has 1"));
}

TEST_F(TestDataSets, AreOneSampleEachWhereInputsHaveNoBatchInCommon) {
  inputs_ = {{"x", ElementType::Float32, {1, 2}, {}},
             {"states", ElementType::Float32, {2, 1}, {}},
             {"rate", ElementType::Float32, {}, {}}};
  for (const std::string folder : {"test_data_set_0/", "test_data_set_1/"}) {
    write(folder + "input_0.pb", floats({1, 2}, {1, 2}));
    write(folder + "input_1.pb", floats({2, 1}, {3, 4}));
    write(folder + "input_2.pb", floats({}, {5}));
    write(folder + "output_0.pb", floats({1, 1}, {6}));
  }
  const auto data = opened();
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ((*data)->size(), 2U);
  std::map<std::string, Shape> shapes;
  for (const auto& input : (*data)->inputs()) shapes[input.name] = input.shape;
  EXPECT_EQ(shapes, (std::map<std::string, Shape>{{"x", {2}}, {"states", {2, 1}}, {"rate", {}}}));
  EXPECT_EQ((*data)->truth(1)->target->shape, (Shape{1})) << "as the output of one sample";
}

TEST_F(TestDataSets, ReadNoMoreThanTheLimit) {
  write("test_data_set_0/input_0.pb", floats({2, 2}, {1, 2, 3, 4}));
  write("test_data_set_0/output_0.pb", floats({2}, {1, 2}));
  write("test_data_set_1/input_0.pb", "damaged");
  EXPECT_THAT(problem(), HasSubstr("test_data_set_1/input_0.pb: is not an ONNX tensor"));
  config_.data.limit = 1;
  const auto data = opened();
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ((*data)->size(), 1U);
}

TEST_F(TestDataSets, MustAgree) {
  write("test_data_set_0/input_0.pb", floats({1, 2}, {1, 2}));
  write("test_data_set_1/input_0.pb", floats({1, 3}, {1, 2, 3}));
  EXPECT_THAT(problem(), HasSubstr("test_data_set_1/input_0.pb: samples are float32 [3], in "));
  write("test_data_set_1/input_0.pb", floats({1, 2}, {1, 2}));
  write("test_data_set_1/output_0.pb", floats({1}, {1}));
  EXPECT_THAT(problem(), HasSubstr("test_data_set_1/output_0.pb: the folders before have none"));
  write("test_data_set_0/output_0.pb", floats({1}, {1}));
  EXPECT_EQ(problem(), "none");
  std::filesystem::remove(folder_.path() / "test_data_set_1/output_0.pb");
  EXPECT_THAT(problem(), HasSubstr("test_data_set_1/output_0.pb: is missing; all folders must have one"));
}

TEST_F(TestDataSets, RefuseWhatIsNoSample) {
  EXPECT_THAT(problem(), HasSubstr("there is no folder test_data_set_*"));
  write("input_0.pb", "");
  EXPECT_THAT(problem(), HasSubstr("give the folder around the one with input_0.pb"));
  write("test_data_set_0/other.pb", "");
  EXPECT_THAT(problem(), HasSubstr("test_data_set_0/input_0.pb: No such file"));
  write("test_data_set_0/input_0.pb", floats({}, {1}));
  EXPECT_THAT(problem(), HasSubstr("holds a single number"));
  write("test_data_set_0/input_0.pb", floats({0, 2}, {}));
  EXPECT_THAT(problem(), HasSubstr("is empty: its shape is [0,2]"));
  write("test_data_set_0/input_0.pb", floats({100, 2}, {1, 2}));
  EXPECT_THAT(problem(), HasSubstr("8 bytes of data where shape [100,2] of float32 needs 800"));
  write("test_data_set_0/input_0.pb", floats({1, 2}, {1, 2}));
  EXPECT_THAT(problem({.labels_required = true}), HasSubstr("labels are needed, and test data sets have none"));
  write("test_data_set_0/input_1.pb", floats({1, 2}, {1, 2}));
  EXPECT_THAT(problem(), HasSubstr("input_1.pb: the network has only 1 inputs"));
  config_.data.path /= "nowhere";
  EXPECT_THAT(problem(), HasSubstr("nowhere: No such file"));
}

TEST_F(TestDataSets, AreKnownByTheirContent) {
  write("a/test_data_set_0/input_0.pb", floats({1, 2}, {1, 2}));
  write("b/test_data_set_7/input_0.pb", floats({1, 2}, {1, 2}));
  write("c/test_data_set_0/input_0.pb", floats({1, 2}, {1, 3}));
  const auto print = [&](const char* name) {
    config_.data.path = folder_.path() / name;
    return (*opened())->fingerprint();
  };
  EXPECT_EQ(print("a"), print("b"));
  EXPECT_NE(print("a"), print("c"));
}

TEST(NumberOrder, ReadsDigitsAsNumbers) {
  EXPECT_TRUE(number_order("a2", "a10"));
  EXPECT_FALSE(number_order("a10", "a2"));
  EXPECT_TRUE(number_order("a2b9", "a2b10"));
  EXPECT_TRUE(number_order("a", "a0"));
  EXPECT_TRUE(number_order("a01", "a1")) << "a tie is broken by the bytes";
  EXPECT_FALSE(number_order("a1", "a01"));
  EXPECT_FALSE(number_order("a1", "a1"));
  EXPECT_TRUE(number_order("a99999999999999999999998", "a99999999999999999999999"));
}

}  // namespace
}  // namespace quantrail
