package kube

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/pager"

	"github.com/lynceus-io/lynceus/inventory"
)

const (
	// pageSize is how many objects are asked for at once: 500 pods are some
	// 5 MB.
	pageSize = 500
	// watchTime is how long a watch lasts at least; the API server ends it
	// then, and the next begins where it ended. Twice that at most.
	watchTime = 5 * time.Minute
	// recheck is how long a resource is left alone that may not be read or
	// does not exist.
	recheck = 5 * time.Minute
	// Waits after a failure, each twice the last.
	firstWait, lastWait = 500 * time.Millisecond, 30 * time.Second
)

// errRelist says that a watch cannot go on, and a new listing is needed.
var errRelist = errors.New("a new listing is needed")

// follower follows one resource.
type follower struct {
	w         *Watcher
	resource  *Resource
	converter converter
	table     table
	first     bool // the first listing is not complete
}

// run follows the resource until ctx ends.
func (f *follower) run(ctx context.Context) {
	wait := firstWait
	for ctx.Err() == nil {
		version, err := f.list(ctx)
		for err == nil {
			wait = firstWait
			version, err = f.follow(ctx, version)
		}
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, errRelist):
			continue
		case unreadable(err):
			f.w.unseen(f.resource, "list and watch", err)
			f.complete()
			sleep(ctx, recheck)
		default:
			f.w.troubled(f.resource, err)
			sleep(ctx, wait/2+rand.N(wait))
			wait = min(2*wait, lastWait)
		}
	}
}

// unreadable reports whether the resource cannot be read, now and probably
// later.
func unreadable(err error) bool {
	return apierrors.IsNotFound(err) || apierrors.IsForbidden(err) || apierrors.IsMethodNotSupported(err)
}

// list reads all objects, page by page, and returns the version they are of.
func (f *follower) list(ctx context.Context) (version string, err error) {
	f.table.begin()
	p := pager.New(func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		page, err := f.w.client.list(ctx, f.resource, o)
		if err != nil {
			return nil, err
		}
		m, err := meta.ListAccessor(page)
		if err != nil {
			return nil, err
		}
		version = m.GetResourceVersion()
		return page, nil
	})
	p.PageSize, p.PageBufferSize = pageSize, 1
	err = p.EachListItemWithAlloc(ctx, metav1.ListOptions{}, func(x runtime.Object) error { return f.note(ctx, x) })
	if err != nil {
		return "", err
	}
	now := f.w.o.Now()
	f.table.missing(func(k key, e entry) { f.w.emit(ctx, f.converter.gone(k, e, now)) })
	f.w.seen(f.resource)
	f.complete()
	return version, ctx.Err()
}

// complete says that the first listing is over.
func (f *follower) complete() {
	if f.first {
		f.first = false
		f.w.listed.Done()
	}
}

// follow watches from a version on, and returns the version to go on from when
// the watch ended as it should.
func (f *follower) follow(ctx context.Context, version string) (string, error) {
	seconds := int64((watchTime + rand.N(watchTime)) / time.Second)
	w, err := f.w.client.watch(ctx, f.resource, metav1.ListOptions{ResourceVersion: version, AllowWatchBookmarks: true, TimeoutSeconds: &seconds})
	if err != nil {
		return "", expired(err)
	}
	defer w.Stop()
	began := time.Now()
	last := version
	for {
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case e, open := <-w.ResultChan():
			if !open {
				if last == version && time.Since(began) < time.Second {
					return "", errors.New("the watch ended at once")
				}
				return last, nil
			}
			if last, err = f.take(ctx, e, last); err != nil {
				return "", err
			}
		}
	}
}

// expired tells a version that is too old, after which only a new listing
// helps, from other errors.
func expired(err error) error {
	if apierrors.IsResourceExpired(err) || apierrors.IsGone(err) {
		return errRelist
	}
	return err
}

// take handles what a watch brings and returns the version that it is of.
func (f *follower) take(ctx context.Context, e watch.Event, last string) (string, error) {
	if e.Type == watch.Error {
		err := apierrors.FromObject(e.Object)
		var status apierrors.APIStatus
		if errors.As(err, &status) && status.Status().Code == http.StatusGone {
			err = errRelist
		}
		return "", expired(err)
	}
	m, err := meta.Accessor(e.Object)
	if err != nil {
		return "", fmt.Errorf("a watch brought what is no object: %w", err)
	}
	version := m.GetResourceVersion()
	switch e.Type {
	case watch.Added, watch.Modified:
		err = f.note(ctx, e.Object)
	case watch.Deleted:
		err = f.deleted(ctx, m)
	}
	if version == "" {
		version = last
	}
	return version, err
}

// note takes a state of an object and tells of it where it says anything new.
func (f *follower) note(ctx context.Context, x runtime.Object) error {
	m, err := meta.Accessor(x)
	if err != nil {
		return fmt.Errorf("a listing holds what is no object: %w", err)
	}
	o, hash, err := f.converter.object(m)
	if err != nil {
		return err
	}
	k := key{o.Namespace, o.Name}
	now := f.w.o.Now()
	isNew, isChanged, replaced := f.table.note(k, o.UID, hash)
	if replaced.uid != "" {
		f.w.emit(ctx, f.converter.gone(k, replaced, now))
	}
	o.Time = now.UnixNano()
	switch {
	case isNew && f.first:
		o.Change = inventory.Present
	case isNew:
		o.Change = inventory.Added
		if o.Created != 0 {
			o.Time = o.Created
		}
	case isChanged && f.first:
		o.Change = inventory.Present // what an earlier run knew
	case isChanged:
		o.Change = inventory.Changed
	default:
		return ctx.Err()
	}
	f.w.emit(ctx, o)
	f.w.owners.want(m, 0)
	return ctx.Err()
}

// deleted tells that an object is gone.
func (f *follower) deleted(ctx context.Context, m metav1.Object) error {
	o, _, err := f.converter.object(m)
	if err != nil {
		return err
	}
	delete(f.table.entries, key{o.Namespace, o.Name})
	o.Time, o.Change = f.w.o.Now().UnixNano(), inventory.Deleted
	f.w.emit(ctx, o)
	return ctx.Err()
}

// sleep waits, or returns when ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
