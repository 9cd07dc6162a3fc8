#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/open.h"
#include "tests/data/support.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

std::string pair(float a, float b) { return npy_of<float>("<f4", {2}, {a, b}); }

class NpyFolders : public ::testing::Test {
 protected:
  Result<std::shared_ptr<const Dataset>> opened(const OpenOptions& options = {}) const {
    return open_dataset(config_, inputs_, options);
  }
  std::string problem() const {
    const auto data = opened();
    return data ? "none" : data.error().message;
  }

  TemporaryFolder folder_;
  DataConfig config_{.data = {.type = "npy", .path = folder_.path() / "x"}};
  std::vector<ValueInfo> inputs_{{"x", ElementType::Float32, {-1, 2}, {}}};
};

TEST_F(NpyFolders, HoldASamplePerFileInTheOrderOfTheirNames) {
  folder_.write("x/b.npy", pair(3, 4));
  folder_.write("x/a.npy", pair(1, 2));
  folder_.write("x/.a.npy", "hidden");
  folder_.write("x/notes.txt", "no array");
  config_.data.labels = folder_.write("labels.npy", npy_of<std::int64_t>("<i8", {2}, {5, 6}));
  config_.data.targets = folder_.write("targets.npy", npy_of<float>("<f4", {2}, {7, 8}));
  const auto data = opened({.labels_required = true});
  ASSERT_TRUE(data) << data.error().message;
  ASSERT_EQ((*data)->size(), 2U);
  EXPECT_THAT((*data)->inputs().front().shape, ElementsAre(2));
  EXPECT_THAT(first_input<float>(**data, 0), ElementsAre(1, 2));
  EXPECT_THAT(first_input<float>(**data, 1), ElementsAre(3, 4));
  EXPECT_EQ((*data)->truth(1)->label, 6);
  EXPECT_EQ(floats_of(*(*data)->truth(1)->target).front(), 8);
  EXPECT_THAT((*data)->describe(1), EndsWith("x/b.npy"));
}

TEST_F(NpyFolders, HaveAClearOrderWhereLabelsFollowIt) {
  folder_.write("x/s10.npy", pair(1, 2));
  folder_.write("x/s9.npy", pair(3, 4));
  EXPECT_EQ(problem(), "none");
  config_.data.labels = folder_.write("labels.npy", npy_of<std::int64_t>("<i8", {2}, {5, 6}));
  EXPECT_THAT(problem(), HasSubstr("x/s10.npy: comes before s9.npy in the order of names, and after it in that"));
  std::filesystem::rename(folder_.path() / "x/s9.npy", folder_.path() / "x/s09.npy");
  EXPECT_EQ(problem(), "none");
}

TEST_F(NpyFolders, FeedSeveralInputs) {
  folder_.write("x/1.npy", pair(1, 2));
  folder_.write("y/1.npy", npy_of<std::int64_t>("<i8", {1}, {9}));
  inputs_.push_back({"y", ElementType::Int64, {-1, 1}, {}});
  config_.data.path.clear();
  config_.data.arrays = {{"x", folder_.path() / "x"}, {"y", folder_.path() / "y"}};
  const auto data = opened();
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_THAT(values_of<std::int64_t>((*sample_of(**data, 0))[1]), ElementsAre(9));
  std::filesystem::rename(folder_.path() / "y/1.npy", folder_.path() / "y/2.npy");
  EXPECT_THAT(problem(), HasSubstr("y: its files have other names than those of the other folders"));
}

TEST_F(NpyFolders, OfImagesArePreprocessed) {
  folder_.write("x/1.npy", npy_of<std::uint8_t>("|u1", {1, 2}, {10, 20}));
  folder_.write("x/2.npy", npy_of<std::uint8_t>("|u1", {1, 2}, {30, 40}));
  inputs_ = {{"x", ElementType::Float32, {-1, 1, 1, 2}, {}}};
  config_.data.layout = "NHWC";
  config_.preprocess.channel_order = "GRAY";
  config_.preprocess.divide_by = 10;
  const auto data = opened();
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_THAT(first_input<float>(**data, 1), ElementsAre(3, 4));
}

TEST_F(NpyFolders, AreKnownByTheContentOfWhatIsRead) {
  folder_.write("x/1.npy", pair(1, 2));
  folder_.write("x/2.npy", pair(3, 4));
  const Digest all = (*opened())->fingerprint();
  config_.data.limit = 1;
  const Digest one = (*opened())->fingerprint();
  folder_.write("x/2.npy", pair(3, 5));
  EXPECT_EQ((*opened())->fingerprint(), one);
  config_.data.limit = 0;
  EXPECT_NE((*opened())->fingerprint(), all);
  folder_.write("moved/a.npy", pair(1, 2));
  folder_.write("moved/b.npy", pair(3, 4));
  config_.data.path = folder_.path() / "moved";
  EXPECT_EQ((*opened())->fingerprint(), all) << "not by where these lie";
}

TEST_F(NpyFolders, NoticeAWriteWhileTheyAreInUse) {
  const auto file = folder_.write("x/1.npy", pair(1, 2));
  const auto an_hour_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::filesystem::last_write_time(file, an_hour_ago);
  const auto data = opened();
  ASSERT_TRUE(sample_of(**data, 0));
  std::filesystem::last_write_time(file, an_hour_ago + std::chrono::seconds(1));
  EXPECT_THAT(sample_of(**data, 0).error().message, HasSubstr("x/1.npy: the file was changed while it was in use"));
  std::filesystem::remove(file);
  EXPECT_THAT(sample_of(**data, 0).error().message, HasSubstr("x/1.npy: cannot be read any more"));
}

TEST_F(NpyFolders, RefuseWhatDoesNotAgree) {
  EXPECT_THAT(problem(), HasSubstr("x: No such file"));
  folder_.write("x/notes.txt", "");
  EXPECT_THAT(problem(), HasSubstr("x: there are no .npy files"));
  folder_.write("x/1.npy", pair(1, 2));
  folder_.write("x/2.npy", npy_of<float>("<f4", {3}, {1, 2, 3}));
  EXPECT_THAT(problem(), HasSubstr("x/2.npy: is float32 [3], "));
  folder_.write("x/2.npy", npy_of<double>("<f8", {2}, {1, 2}));
  EXPECT_THAT(problem(), HasSubstr("all samples must agree"));
  folder_.write("x/2.npy", "rubbish");
  EXPECT_THAT(problem(), HasSubstr("x/2.npy: is not a .npy array"));
  folder_.write("x/2.npy", npy_of<float>("<f4", {2}, {1}));
  EXPECT_THAT(problem(), HasSubstr("x/2.npy: the header claims float32 of shape [2], the file holds 1 elements"));
}

}  // namespace
}  // namespace quantrail
