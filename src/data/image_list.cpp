#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/files.h"
#include "base/text.h"
#include "data/class_names.h"
#include "data/image_files.h"

namespace quantrail {
namespace {

/// What may stand before a label, the surest first.
constexpr std::string_view kSeparators = ",\t ";

struct ListRules {
  std::filesystem::path root{};
  std::optional<ClassNames> classes{};  ///< nothing: labels are the numbers
  bool labels_required = false;
};

/// The path and label of a line.
struct Fields {
  std::string path{};
  std::optional<std::int64_t> label{};
  std::string_view refused{};  ///< without a label: what stands in its place, if anything
};

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

/// Nothing where `text` is no label.
Result<std::optional<std::int64_t>> label_of(std::string_view text, const ListRules& rules) {
  if (rules.classes) {
    const auto found = rules.classes->find(text);
    return found == rules.classes->end() ? std::nullopt : std::optional(found->second);
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range || value < 0)
    return fail(Cause::InvalidInput, "the label is {}, allowed are 0 and more", printable(text));
  return value;
}

tl::unexpected<Error> no_label(std::string_view found, const ListRules& rules) {
  std::vector<std::string> names;
  if (rules.classes) {
    for (const auto& [name, number] : *rules.classes) names.push_back(name);
  }
  return fail(Cause::InvalidInput, "the label is {}{}, {} is needed: \"path label\" or \"path,label\"",
              found.empty() ? "missing" : "\"" + printable(found) + "\"", printable(did_you_mean(found, names)),
              rules.classes ? "a name of data.classes" : "an integer");
}

/// A line whose path stands between quotes, which are doubled within it.
Result<Fields> quoted_fields(std::string_view line, const ListRules& rules) {
  Fields out;
  std::size_t at = 1;
  for (; at < line.size(); ++at) {
    if (line[at] == '"' && !line.substr(at + 1).starts_with('"')) break;
    if (line[at] == '"') ++at;
    out.path += line[at];
  }
  if (at >= line.size()) return fail(Cause::InvalidInput, "the closing quote of the path is missing");
  std::string_view rest = line.substr(at + 1);
  if (!rest.empty() && kSeparators.find(rest.front()) == std::string_view::npos)
    return fail(Cause::InvalidInput, "after the closing quote of the path, a comma or blank is needed");
  rest = trimmed_line(rest);
  if (rest.starts_with(',')) rest = trimmed_line(rest.substr(1));
  if (rest.empty()) return out;
  const auto label = label_of(unquoted(rest), rules);
  if (!label) return failed(label);
  if (!*label) return no_label(rest, rules);
  out.label = *label;
  return out;
}

/// A line whose path may hold separators: a label is what is one behind the last of them.
Result<Fields> plain_fields(std::string_view line, const ListRules& rules) {
  Fields out{std::string(line), {}, {}};
  for (const char separator : kSeparators) {
    const auto at = line.find_last_of(separator);
    if (at == std::string_view::npos) continue;
    const std::string_view last = unquoted(trimmed_line(line.substr(at + 1)));
    const auto label = label_of(last, rules);
    if (!label) return failed(label);
    if (*label) return Fields{std::string(trimmed_line(line.substr(0, at))), *label, {}};
    if (out.refused.empty()) out.refused = last;
  }
  return out;
}

/// A line that is not blank, as an image; `origin` is file and line.
Result<ImageFile> entry_of(std::string_view line, const std::string& origin, const ListRules& rules) {
  if (line.find('\0') != std::string_view::npos)
    return fail(Cause::InvalidInput, "the line holds a zero byte, this is no text file");
  auto fields = line.front() == '"' ? quoted_fields(line, rules) : plain_fields(line, rules);
  if (!fields) return failed(fields);
  if (!fields->label && rules.labels_required) return no_label(fields->refused, rules);
  constexpr std::string_view kUnsplit =
      " (a line is \"path label\" or \"path,label\", or a path alone; the label is an integer or, with data.classes, a "
      "name; a header must be removed)";
  return ImageFile{rules.root / fields->path, fields->label, origin, fields->label ? std::string_view() : kUnsplit};
}

std::filesystem::path root_of(const DataSpec& spec) { return spec.root.empty() ? spec.path.parent_path() : spec.root; }

bool is_entry(std::string_view line) { return !line.empty() && line.front() != '#'; }

bool is_there(const std::filesystem::path& path) {
  std::error_code unknown;
  return std::filesystem::is_regular_file(path, unknown);
}

/// Whether the first of `lines` that is no comment names columns: it is no name of a file, has no label, and the line
/// that follows is as it should be.
bool begins_with_header(std::span<const std::string_view> lines, const ListRules& rules) {
  const auto first = std::find_if(lines.begin(), lines.end(), is_entry);
  if (first == lines.end()) return false;
  const auto second = std::find_if(first + 1, lines.end(), is_entry);
  if (second == lines.end()) return false;
  ListRules lenient = rules;
  lenient.labels_required = false;
  const auto header = entry_of(*first, "", lenient);
  const auto entry = entry_of(*second, "", rules);
  const bool names_file = first->find('.') != std::string_view::npos || (header && is_there(header->path));
  return header && !header->label && !names_file && entry && is_there(entry->path);
}

/// Whether the line's path is followed by something: what it names is there only without its last words.
bool has_second_field(std::string_view line, const std::filesystem::path& root) {
  if (line.front() == '"') return !line.ends_with('"') || std::count(line.begin(), line.end(), '"') > 2;
  if (is_there(root / line)) return false;
  return std::any_of(kSeparators.begin(), kSeparators.end(), [&](char separator) {
    const auto at = line.find_last_of(separator);
    return at != std::string_view::npos && is_there(root / trimmed_line(line.substr(0, at)));
  });
}

}  // namespace

bool lists_labels(const DataSpec& spec) {
  if (spec.type != "image_list") return false;
  const auto text = read_file(spec.path);
  if (!text || text->find('\0') != std::string::npos) return false;
  const auto root = root_of(spec);
  const auto lines = trimmed_lines(*text);
  const auto entries = std::count_if(lines.begin(), lines.end(), is_entry);
  const auto labelled = std::count_if(lines.begin(), lines.end(), [&](std::string_view line) {
    return is_entry(line) && has_second_field(line, root);
  });
  return 2 * labelled > entries;
}

Result<ImageSourcePtr> open_image_list(const DataSpec& spec, bool labels_required) {
  const auto text = read_file(spec.path);
  if (!text) return failed(text);
  ListRules rules{root_of(spec), {}, labels_required};
  if (!spec.classes.empty()) {
    auto classes = read_class_names(spec.classes);
    if (!classes) return failed(classes);
    rules.classes = std::move(*classes);
  }
  std::vector<ImageFile> files;
  const auto lines = trimmed_lines(*text);
  const bool header = begins_with_header(lines, rules);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!is_entry(lines[i])) continue;
    const std::string origin = fmt::format("{}:{}", spec.path.string(), i + 1);
    if (header)
      return fail(Cause::InvalidInput, "{}: \"{}\" is a header: remove this line, a list begins with the first image",
                  origin, printable(lines[i]));
    auto file = entry_of(lines[i], origin, rules);
    if (!file && files.empty())
      return fail(file.error().cause, "{}: {} (if this line is a header, remove it)", origin, file.error().message);
    if (!file) return failed(file, origin);
    files.push_back(std::move(*file));
  }
  if (files.empty()) return fail(Cause::InvalidInput, "{}: there are no images in the list", spec.path.string());
  return make_image_files(std::move(files));
}

}  // namespace quantrail
