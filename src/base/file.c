// Copyright 2026 The Kinothek authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static KtStatus io_error(KtError *err, const char *path, const char *what) {
  int code = errno;
  KtStatus status = code == ENOENT ? KT_ERR_MISSING : KT_ERR_IO;
  return kt_error_at(err, status, path, 0, 0, "%s: %s", what, strerror(code));
}

KtStatus kt_file_plain(const char *path, KtError *err) {
  struct stat st;
  if (stat(path, &st)) {
    return errno == ENOENT ? kt_error_at(err, KT_ERR_MISSING, path, 0, 0, "there is no such file")
                           : io_error(err, path, "cannot be read");
  }
  if (S_ISDIR(st.st_mode)) {
    return kt_error_at(err, KT_ERR_FORMAT, path, 0, 0, "is a folder; name a file");
  }
  return S_ISREG(st.st_mode) ? KT_OK
                             : kt_error_at(err, KT_ERR_FORMAT, path, 0, 0,
                                           "is a pipe or a device, not a file; save it as a file first");
}

KtStatus kt_file_read(KtArena *arena, const char *path, size_t limit, const char **bytes,
                      size_t *size, KtError *err) {
  KtStatus status = kt_file_plain(path, err); // before opening: a pipe would wait for its writer
  FILE *stream = status ? NULL : fopen(path, "rb");
  if (!stream) {
    return status ? status : io_error(err, path, "cannot be read");
  }
  struct stat st;
  char *text = NULL;
  size_t got = 0;
  if (fstat(fileno(stream), &st)) {
    status = io_error(err, path, "cannot be read");
  } else if ((size_t)st.st_size > limit) {
    status = kt_error_at(err, KT_ERR_FORMAT, path, 0, 0, "is %lld bytes; at most %zu are read here",
                         (long long)st.st_size, limit);
  } else if (!(text = kt_arena_alloc(arena, (size_t)st.st_size + 1))) {
    status = kt_error_at(err, KT_ERR_MEMORY, path, 0, 0, "out of memory");
  } else {
    got = fread(text, 1, (size_t)st.st_size, stream);
    if (ferror(stream)) {
      status = io_error(err, path, "cannot be read");
    }
  }
  fclose(stream);
  if (!status) {
    *bytes = text;
    *size = got;
  }
  return status;
}

void kt_temporary_path(const char *path, char *temporary, size_t size) {
  const char *name = kt_path_name(path); // the extension stays: FFmpeg and others go by it
  snprintf(temporary, size, "%.*s.kt-%ld-%s", (int)(name - path), path, (long)getpid(), name);
}

KtStatus kt_atomic_open(KtAtomicFile *file, const char *path, KtError *err) {
  memset(file, 0, sizeof(*file));
  if (strlen(path) >= sizeof(file->path)) {
    return kt_error_at(err, KT_ERR_IO, path, 0, 0, "the path is too long");
  }
  snprintf(file->path, sizeof(file->path), "%s", path);
  kt_temporary_path(path, file->temporary, sizeof(file->temporary));
  file->stream = fopen(file->temporary, "wb");
  return file->stream ? KT_OK : io_error(err, path, "cannot be written");
}

KtStatus kt_file_publish(const char *temporary, const char *path, KtError *err) {
  int fd = open(temporary, O_RDONLY | O_CLOEXEC);
  bool ok = fd >= 0 && !fsync(fd);
  if (fd >= 0) {
    close(fd);
  }
  if (!ok || rename(temporary, path)) {
    KtStatus status = io_error(err, path, "cannot be written");
    unlink(temporary);
    return status;
  }
  return KT_OK;
}

KtStatus kt_atomic_commit(KtAtomicFile *file, KtError *err) {
  bool bad = ferror(file->stream) != 0;
  errno = bad && !errno ? ENOSPC : errno;
  if (fclose(file->stream) || bad) {
    KtStatus status = io_error(err, file->path, "cannot be written");
    unlink(file->temporary);
    file->stream = NULL;
    return status;
  }
  file->stream = NULL;
  return kt_file_publish(file->temporary, file->path, err);
}

void kt_atomic_abort(KtAtomicFile *file) {
  if (file->stream) {
    fclose(file->stream);
    unlink(file->temporary);
    file->stream = NULL;
  }
}

KtStatus kt_file_write(const char *path, const void *bytes, size_t size, KtError *err) {
  KtAtomicFile file;
  KtStatus status = kt_atomic_open(&file, path, err);
  if (status) {
    return status;
  }
  if (size) {
    fwrite(bytes, 1, size, file.stream);
  }
  return kt_atomic_commit(&file, err);
}

KtStatus kt_make_dirs(const char *path, KtError *err) {
  char part[1024];
  size_t length = strlen(path);
  if (length >= sizeof(part)) {
    return kt_error_at(err, KT_ERR_IO, path, 0, 0, "the path is too long");
  }
  for (size_t i = 1; i <= length; ++i) {
    if (path[i] != '/' && path[i] != '\0') {
      continue;
    }
    memcpy(part, path, i);
    part[i] = '\0';
    int code = mkdir(part, 0777) ? errno : 0;
    if (code && code != EEXIST && !kt_dir_exists(part)) {
      errno = code;
      return io_error(err, part, "cannot be made");
    }
  }
  return kt_dir_exists(path)
             ? KT_OK
             : kt_error_at(err, KT_ERR_IO, path, 0, 0, "is a file where a folder is needed");
}

bool kt_file_exists(const char *path) {
  struct stat st;
  return !stat(path, &st) && S_ISREG(st.st_mode);
}

bool kt_dir_exists(const char *path) {
  struct stat st;
  return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw) {
  (void)st;
  (void)type;
  (void)ftw;
  return remove(path);
}

KtStatus kt_remove_tree(const char *path, KtError *err) {
  if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) && errno != ENOENT) {
    return io_error(err, path, "cannot be removed");
  }
  return KT_OK;
}

const char *kt_path_join(KtArena *arena, const char *folder, const char *name) {
  size_t length = strlen(folder);
  const char *slash = length && folder[length - 1] != '/' ? "/" : "";
  return kt_arena_format(arena, "%s%s%s", folder, slash, name);
}

const char *kt_path_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

const char *kt_path_extension(const char *path) {
  const char *name = kt_path_name(path);
  const char *dot = strrchr(name, '.');
  return dot && dot != name ? dot : name + strlen(name);
}

size_t kt_path_stem(const char *name) {
  return (size_t)(kt_path_extension(name) - name);
}

size_t kt_path_title(const char *name) {
  enum { LONGEST = 180 };
  size_t length = kt_path_stem(name);
  if (length > LONGEST) {
    length = LONGEST;
    while (length > 1 && ((unsigned char)name[length] & 0xC0) == 0x80) { // not inside a letter
      --length;
    }
  }
  return length;
}

KtStatus kt_file_stamp(const char *path, KtFileStamp *stamp, KtError *err) {
  struct stat st;
  if (stat(path, &st)) {
    return io_error(err, path, "cannot be read");
  }
  *stamp = (KtFileStamp){(int64_t)st.st_size,
                         (int64_t)st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec,
                         (uint64_t)st.st_ino};
  return KT_OK;
}
