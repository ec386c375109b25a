package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

// operate is an operator of the custom resource databases.example.com: it puts a finalizer on each, makes its secret
// and config map, writes its status, and takes the finalizer away when the database is deleted.
func operate(ctx context.Context, namespaces []string) error {
	a, err := newAPI()
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		for _, ns := range namespaces {
			if err := reconcile(ctx, a, ns); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
		_ = sleep(ctx, []string{"1"})
	}
	return nil
}

func reconcile(ctx context.Context, a *api, ns string) error {
	path := "/apis/example.com/v1/namespaces/" + ns + "/databases"
	_, body, err := a.do(ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return err
	}
	var list struct {
		Items []struct {
			Metadata struct {
				Name, DeletionTimestamp string
				Finalizers              []string
			}
		}
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return err
	}
	const merge = "application/merge-patch+json"
	core := "/api/v1/namespaces/" + ns
	for _, db := range list.Items {
		m := db.Metadata
		switch {
		case m.DeletionTimestamp != "":
			_, _, _ = a.do(ctx, http.MethodDelete, core+"/secrets/"+m.Name+"-credentials", "", nil)
			_, _, err = a.do(ctx, http.MethodPatch, path+"/"+m.Name, merge, []byte(`{"metadata":{"finalizers":null}}`))
		case len(m.Finalizers) == 0:
			_, _, err = a.do(ctx, http.MethodPatch, path+"/"+m.Name, merge, []byte(`{"metadata":{"finalizers":["example.com/database"]}}`))
			_, _, _ = a.do(ctx, http.MethodPost, core+"/secrets", "application/json", fmt.Appendf(nil, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"%s-credentials"},"stringData":{"password":"example"}}`, m.Name))
		default:
			_, _, _ = a.do(ctx, http.MethodGet, core+"/secrets/"+m.Name+"-credentials", "", nil)
			_, _, err = a.do(ctx, http.MethodPatch, path+"/"+m.Name+"/status", merge, []byte(`{"status":{"ready":true}}`))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// scale sets the size of a workload, named by its path, up and down as an autoscaler does.
func scale(ctx context.Context, paths []string) error {
	a, err := newAPI()
	if err != nil {
		return err
	}
	for i := 0; ctx.Err() == nil; i++ {
		for _, p := range paths {
			_, _, _ = a.do(ctx, http.MethodGet, p+"/scale", "", nil)
			if i%6 == 5 {
				_, _, _ = a.do(ctx, http.MethodPatch, p+"/scale", "application/merge-patch+json", fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, 1+i/6%3))
			}
		}
		_ = sleep(ctx, []string{"1"})
	}
	return nil
}
