#include "data/class_folders.h"

#include <gmock/gmock.h>

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Labels = std::vector<std::optional<std::int64_t>>;

std::vector<ClassFolder> folders(const std::vector<std::string>& names) {
  std::vector<ClassFolder> all;
  for (const auto& name : names) all.push_back({name});
  return all;
}

FolderLabels labels_of(const std::vector<ClassFolder>& folders, std::int64_t classes) {
  auto found = folder_labels(folders, std::nullopt, classes);
  EXPECT_TRUE(found) << found.error().message;
  return *found;
}

TEST(ClassFolders, AreCountedByNameWithoutAWordWhereThereIsOneForEachClass) {
  const auto found = labels_of(folders({"cat", "cow", "dog"}), 3);
  EXPECT_EQ(found.labels, (Labels{0, 1, 2}));
  EXPECT_THAT(found.notes, IsEmpty());
  EXPECT_THAT(labels_of(folders({"00", "01", "02"}), 3).notes, IsEmpty());
  EXPECT_THAT(labels_of(folders({"cat", "cow"}), 0).notes, IsEmpty()) << "nobody knows how many classes there are";
}

TEST(ClassFolders, OfAnotherNumberThanTheNetworksClassesAreNoted) {
  const auto found = labels_of(folders({"cat", "dog"}), 12);
  EXPECT_EQ(found.labels, (Labels{0, 1}));
  EXPECT_THAT(found.notes, ElementsAre("2 class folders, the network scores 12: labels are the folders' places by name "
                                       "(\"cat\" is 0, \"dog\" is 1); data.classes names another order"));
}

TEST(ClassFolders, NamedByNumbersAreTheseClasses) {
  const auto gap = labels_of(folders({"00", "01", "03"}), 4);
  EXPECT_EQ(gap.labels, (Labels{0, 1, 3}));
  EXPECT_THAT(gap.notes,
              ElementsAre(HasSubstr("3 class folders, the network scores 4: they are named by numbers, which "
                                    "are the labels (\"03\" is 3, not 2 ")));
  const auto short_numbers = labels_of(folders({"0", "1", "10", "2", "3", "4", "5", "6", "7", "8", "9"}), 11);
  EXPECT_EQ(short_numbers.labels, (Labels{0, 1, 10, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_THAT(short_numbers.notes, ElementsAre(HasSubstr("\"10\" is 10, not 2 ")));
  const auto first = labels_of(folders({"0", "1"}), 3);
  EXPECT_EQ(first.labels, (Labels{0, 1}));
  EXPECT_THAT(first.notes, ElementsAre(HasSubstr("the network scores 3: the folders' numbers are the labels")));
}

TEST(ClassFolders, NamedByNumbersThatAreNoClassesAreCountedByName) {
  EXPECT_EQ(labels_of(folders({"1", "2", "3"}), 3).labels, (Labels{0, 1, 2}));
  EXPECT_EQ(labels_of(folders({"1", "01"}), 2).labels, (Labels{0, 1})) << "twice the same number";
  EXPECT_EQ(labels_of(folders({"-1", "0"}), 2).labels, (Labels{0, 1}));
  EXPECT_EQ(labels_of(folders({"0", "1a"}), 2).labels, (Labels{0, 1}));
  EXPECT_EQ(labels_of(folders({"99999999999999999999"}), 0).labels, (Labels{0}));
}

TEST(ClassFolders, WithoutImagesAreLeftOutWhereTheOthersAreAllClasses) {
  auto extra = folders({".tmp", "cat", "dog"});
  extra[0].has_images = false;
  const auto left_out = labels_of(extra, 2);
  EXPECT_EQ(left_out.labels, (Labels{std::nullopt, 0, 1}));
  EXPECT_THAT(left_out.notes, ElementsAre("\".tmp\" without images, and left out"));
  const auto needed = labels_of(extra, 3);
  EXPECT_EQ(needed.labels, (Labels{0, 1, 2}));
  EXPECT_THAT(needed.notes, ElementsAre("\".tmp\" without images, and counted as class folders all the same"));
}

TEST(ClassFolders, HavePlacesInAListOfNames) {
  const ClassNames names{{"cat", 5}, {"dog", 1}};
  const auto found = folder_labels(folders({"cat", "dog"}), names, 12);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->labels, (Labels{5, 1}));
  EXPECT_THAT(found->notes, IsEmpty());
  const auto unknown = folder_labels(folders({"cat", "dgo"}), names, 12);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, "the folder \"dgo\" is no name of data.classes (did you mean \"dog\"?)");
  auto empty = folders({"cat", "tmp"});
  empty[1].has_images = false;
  EXPECT_TRUE(folder_labels(empty, names, 12));
}

}  // namespace
}  // namespace quantrail
