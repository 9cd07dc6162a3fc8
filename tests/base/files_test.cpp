#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

namespace quantrail {
namespace {

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "quantrail_files_XXXXXX";  // tests run beside each other
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }
  std::filesystem::path folder_;
};

TEST_F(Files, AreReadAsTheyWereWritten) {
  const std::string content("a\0b\n\xff", 5);
  ASSERT_TRUE(write_file(folder_ / "f", content));
  EXPECT_EQ(read_file(folder_ / "f").value(), content);
}

TEST_F(Files, AreReplacedWhole) {
  ASSERT_TRUE(write_file(folder_ / "f", "a longer content"));
  ASSERT_TRUE(write_file(folder_ / "f", "short"));
  EXPECT_EQ(read_file(folder_ / "f").value(), "short");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, HaveThePermissionsThatTheUserWants) {
  const mode_t old = ::umask(027);
  ASSERT_TRUE(write_file(folder_ / "f", "x"));
  ::umask(old);
  struct stat status {};
  ASSERT_EQ(::stat((folder_ / "f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST_F(Files, KeepThePermissionsThatTheyHave) {
  ASSERT_TRUE(write_file(folder_ / "f", "old"));
  ASSERT_EQ(::chmod((folder_ / "f").c_str(), 0600), 0);
  ASSERT_TRUE(write_file(folder_ / "f", "new"));
  struct stat status {};
  ASSERT_EQ(::stat((folder_ / "f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Files, AreWrittenWhereLinksLead) {
  const auto elsewhere = folder_ / "elsewhere";
  std::filesystem::create_directory(elsewhere);
  std::filesystem::create_symlink("elsewhere/target", folder_ / "relative");
  std::filesystem::create_symlink(folder_ / "relative", folder_ / "absolute");
  ASSERT_TRUE(write_file(folder_ / "relative", "made"));
  EXPECT_EQ(read_file(elsewhere / "target").value(), "made");
  ASSERT_TRUE(write_file(folder_ / "absolute", "replaced"));
  EXPECT_EQ(read_file(elsewhere / "target").value(), "replaced");
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "relative"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "absolute"));
  EXPECT_FALSE(std::filesystem::is_symlink(elsewhere / "target"));

  std::filesystem::create_symlink("loop", folder_ / "loop");
  const auto written = write_file(folder_ / "loop", "x");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("is not a file"), std::string::npos);
}

TEST_F(Files, MayHaveTheLongestNamesThatThereAre) {
  const std::string longest(255, 'n');
  ASSERT_TRUE(write_file(folder_ / longest, "x"));
  EXPECT_EQ(read_file(folder_ / longest).value(), "x");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, LeaveNothingBehindWhenTheyCannotBeWritten) {
  std::filesystem::create_directory(folder_ / "taken");
  const auto written = write_file(folder_ / "taken", "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().cause, Cause::InvalidInput);
  EXPECT_NE(written.error().message.find("taken"), std::string::npos);
  EXPECT_EQ(entries(), 1U);
  EXPECT_FALSE(write_file(folder_ / "no" / "such" / "folder", "x"));
}

TEST_F(Files, NeverReplaceADevice) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(write_file(folder_ / "pipe", "x"));
  EXPECT_TRUE(std::filesystem::is_fifo(folder_ / "pipe"));
  EXPECT_FALSE(write_file("/dev/full", "x"));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST_F(Files, ThatNeverEndAreNotRead) {
  const auto content = read_file("/dev/zero", 1000);
  ASSERT_FALSE(content);
  EXPECT_NE(content.error().message.find("larger than 1000 bytes"), std::string::npos);
}

TEST_F(Files, AreNotFolders) {
  const auto content = read_file(folder_);
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().cause, Cause::InvalidInput);
  EXPECT_NE(content.error().message.find("folder"), std::string::npos);
}

TEST_F(Files, ThatAreMissingAreNamed) {
  const auto content = read_file(folder_ / "nothing");
  ASSERT_FALSE(content);
  EXPECT_NE(content.error().message.find("nothing: No such file"), std::string::npos);
}

}  // namespace
}  // namespace quantrail
