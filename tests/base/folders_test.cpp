#include "base/folders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace quantrail {
namespace {

namespace fs = std::filesystem;

class Folders : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "quantrail_folders_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  void make(const fs::path& file) const {
    fs::create_directories((folder_ / file).parent_path());
    std::ofstream(folder_ / file) << "x";
  }
  fs::path folder_;
};

TEST_F(Folders, AreReadInOrder) {
  make("b");
  make("a/inner");
  make("a/deeper/still");
  fs::create_directory_symlink(folder_, folder_ / "round");
  EXPECT_THAT(entries(folder_).value(), testing::ElementsAre(folder_ / "a", folder_ / "b", folder_ / "round"));
  EXPECT_THAT(files_below(folder_).value(),
              testing::ElementsAre(folder_ / "a/deeper/still", folder_ / "a/inner", folder_ / "b", folder_ / "round"));
}

TEST_F(Folders, ThatAreNotThereHoldNothing) {
  EXPECT_TRUE(entries(folder_ / "none").value().empty());
  EXPECT_TRUE(files_below(folder_ / "none").value().empty());
}

TEST_F(Folders, ThatAreAskedForMustBeThere) {
  make("b");
  make("a/inner");
  std::vector<fs::path> found;
  const auto all = listed(folder_).value();
  for (const auto& entry : all) found.push_back(entry.path());
  EXPECT_THAT(found, testing::ElementsAre(folder_ / "a", folder_ / "b"));
  const auto missing = listed(folder_ / "none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().cause, Cause::InvalidInput);
  EXPECT_THAT(missing.error().message, testing::HasSubstr("none: No such file or directory"));
}

TEST_F(Folders, ThatCannotBeReadAreNamed) {
  make("file");
  const auto of_a_file = entries(folder_ / "file");
  ASSERT_FALSE(of_a_file);
  EXPECT_THAT(of_a_file.error().message, testing::HasSubstr("file: Not a directory"));
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every folder";
  make("inner/secret");
  fs::permissions(folder_ / "inner", fs::perms::none);
  const auto below = files_below(folder_);
  fs::permissions(folder_ / "inner", fs::perms::owner_all);
  ASSERT_FALSE(below);
  EXPECT_EQ(below.error().cause, Cause::Storage);
  EXPECT_THAT(below.error().message, testing::HasSubstr("inner: Permission denied"));
}

TEST_F(Folders, MayGoWhileTheyAreRead) {
  std::atomic<bool> enough = false;
  std::thread churn([&] {
    while (!enough) {
      for (int number = 0; number < 20; ++number) make(fs::path(std::to_string(number)) / "inner" / "file");
      for (int number = 0; number < 20; ++number) fs::remove_all(folder_ / std::to_string(number));
    }
  });
  for (int round = 0; round < 300; ++round) {
    const auto below = files_below(folder_);
    EXPECT_TRUE(below) << below.error().message;
  }
  enough = true;
  churn.join();
}

}  // namespace
}  // namespace quantrail
